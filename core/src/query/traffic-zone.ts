// Where the other end of a flow is: this host, the local networks, or beyond. Owns: which addresses are which.
// Must not know flows or packets: asked once a flow, not once a packet. Bound: MAX_PREFIXES prefixes of this host's own interfaces.
import ipaddr from 'ipaddr.js';
import type { Zone } from '../kernel/traffic-words.js';

const MAX_PREFIXES = 1024;

/** An address of this host, as os.networkInterfaces() has it. */
export interface OwnAddress {
  readonly address: string;
  /** Absent or null: the address alone. */
  readonly cidr?: string | null;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Names of ipaddr.js for ranges that are never beyond the local networks (RFC 6890 and the registries of IANA). Not the
 * shared space 100.64.0.0/10 (RFC 6598): behind it is the provider, unless an interface of ours has it.
 */
const LAN_RANGES: ReadonlySet<string> = new Set([
  'private',
  'uniqueLocal',
  'linkLocal',
  'deprecatedSiteLocal',
  'multicast',
  'broadcast',
  // The sender has no address yet: DHCP, duplicate address detection.
  'unspecified',
]);

export class TrafficZones {
  #own = new Set<string>();
  #prefixes: (readonly [Address, number])[] = [];

  /** Takes the addresses of this host anew. Entries that do not parse are left out. */
  refresh(addresses: readonly OwnAddress[]): void {
    this.#own = new Set();
    const prefixes = new Map<string, readonly [Address, number]>();
    for (const { address, cidr } of addresses) {
      const parsed = parseAddress(address);
      if (parsed === undefined) continue;
      this.#own.add(parsed.toString());
      if (typeof cidr !== 'string' || prefixes.size >= MAX_PREFIXES) continue;
      const bits = Number(cidr.slice(cidr.lastIndexOf('/') + 1));
      // A prefix of 0 bits is a default route, not a network that is here.
      if (!Number.isInteger(bits) || bits < 1 || bits > (parsed.kind() === 'ipv4' ? 32 : 128)) continue;
      prefixes.set(cidr, [parsed, bits]);
    }
    this.#prefixes = [...prefixes.values()];
  }

  isOwn(ip: string): boolean {
    if (this.#own.has(ip)) return true;
    const parsed = parseAddress(ip);
    return parsed !== undefined && this.#own.has(parsed.toString());
  }

  /** Text that is no address is as far away as can be. */
  zoneOf(ip: string): Zone {
    const address = parseAddress(ip);
    if (address === undefined) return 'internet';
    const range = address.range();
    if (range === 'loopback' || this.#own.has(address.toString())) return 'host';
    if (LAN_RANGES.has(range)) return 'lan';
    return this.#prefixes.some(([own, bits]) => own.kind() === address.kind() && matches(address, own, bits))
      ? 'lan'
      : 'internet';
  }
}

/** An IPv4 address in IPv6 form is the IPv4 address; a zone index (fe80::1%eth0) says nothing about where it is. */
function parseAddress(text: string): Address | undefined {
  const percent = text.indexOf('%');
  const bare = percent < 0 ? text : text.slice(0, percent);
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : undefined;
}

const matches = (address: Address, own: Address, bits: number): boolean =>
  address.kind() === 'ipv4'
    ? (address as ipaddr.IPv4).match(own as ipaddr.IPv4, bits)
    : (address as ipaddr.IPv6).match(own as ipaddr.IPv6, bits);
