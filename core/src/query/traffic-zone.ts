// Where the other end of a flow is: this host, the local networks, or beyond. Owns: which addresses are which.
// Must not know flows or packets: asked once a flow, not once a packet. Bound: MAX_PREFIXES prefixes of this host's own interfaces.
import ipaddr from 'ipaddr.js';
import { addressKeyOfWords } from '../kernel/address-key.js';
import type { Zone } from '../kernel/traffic-words.js';
import { AddressPrefixes, wordsOf } from './address-prefixes.js';

const MAX_PREFIXES = 1024;
/** The third word of an IPv4 address in IPv6 form, after two of 0. */
const MAPPED = 0xffff;

/** An address of this host, as os.networkInterfaces() has it. */
export interface OwnAddress {
  readonly address: string;
  /** Absent or null: the address alone. */
  readonly cidr?: string | null;
}

/** What this host knows about addresses. They are words in an array: one of IPv4, four of IPv6, as in the key of a flow. */
export interface AddressKnowledge {
  isOwnAt(words: ArrayLike<number>, at: number, version: number): boolean;
  zoneAt(words: ArrayLike<number>, at: number, version: number): Zone;
  zoneOf(ip: string): Zone;
}

/**
 * Never beyond the local networks (RFC 6890 and the registries of IANA). Not the shared space 100.64.0.0/10 (RFC 6598): behind it is
 * the provider, unless an interface of ours has it. Zeros: the sender has no address yet (DHCP, duplicate address detection).
 */
const LAN_RANGES = prefixes(
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10', '169.254.0.0/16', 'fe80::/10'],
  ...['224.0.0.0/4', 'ff00::/8', '255.255.255.255/32', '0.0.0.0/8', '::/128'],
);
const LOOPBACK = prefixes('127.0.0.0/8', '::1/128');

export class TrafficZones implements AddressKnowledge {
  /** addressKey of each. */
  #own = new Set<number>();
  #networks = new AddressPrefixes();

  /** Takes the addresses of this host anew. Entries that do not parse are left out. */
  refresh(addresses: readonly OwnAddress[]): void {
    this.#own = new Set();
    this.#networks = new AddressPrefixes();
    const cidrs = new Set<string>();
    for (const { address, cidr } of addresses) {
      const bytes = addressBytes(address);
      if (bytes === undefined) continue;
      this.#own.add(keyAt(wordsOf(bytes), 0, versionOf(bytes)));
      if (typeof cidr !== 'string' || cidrs.has(cidr) || cidrs.size >= MAX_PREFIXES) continue;
      const bits = Number(cidr.slice(cidr.lastIndexOf('/') + 1));
      // A prefix of 0 bits is a default route, not a network that is here.
      if (!Number.isInteger(bits) || bits < 1 || bits > bytes.length * 8) continue;
      cidrs.add(cidr);
      this.#networks.add(bytes, bits);
    }
  }

  isOwnAt(words: ArrayLike<number>, at: number, version: number): boolean {
    return this.#own.has(keyAt(words, at, version));
  }

  zoneAt(words: ArrayLike<number>, at: number, version: number): Zone {
    if (version === 4) return this.#zone4(words[at]!, this.isOwnAt(words, at, 4));
    if (isMapped(words, at)) return this.zoneAt(words, at + 3, 4);
    if (LOOPBACK.has6(words, at) || this.isOwnAt(words, at, 6)) return 'host';
    return LAN_RANGES.has6(words, at) || this.#networks.has6(words, at) ? 'lan' : 'internet';
  }

  isOwn(ip: string): boolean {
    const bytes = addressBytes(ip);
    return bytes !== undefined && this.isOwnAt(wordsOf(bytes), 0, versionOf(bytes));
  }

  /** Text that is no address is as far away as can be. */
  zoneOf(ip: string): Zone {
    const bytes = addressBytes(ip);
    return bytes === undefined ? 'internet' : this.zoneAt(wordsOf(bytes), 0, versionOf(bytes));
  }

  #zone4(word: number, isOwn: boolean): Zone {
    if (isOwn || LOOPBACK.has4(word)) return 'host';
    return LAN_RANGES.has4(word) || this.#networks.has4(word) ? 'lan' : 'internet';
  }
}

function prefixes(...cidrs: readonly string[]): AddressPrefixes {
  const made = new AddressPrefixes();
  for (const cidr of cidrs) made.addText(cidr);
  return made;
}

/** addressKey of an address in words; of IPv4 in IPv6 form that of the IPv4 address. */
export function keyAt(words: ArrayLike<number>, at: number, version: number): number {
  if (version === 4) return words[at]! >>> 0;
  return addressKeyOfWords(words[at]! >>> 0, words[at + 1]! >>> 0, words[at + 2]! >>> 0, words[at + 3]! >>> 0);
}

function isMapped(words: ArrayLike<number>, at: number): boolean {
  return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === MAPPED;
}

const versionOf = (bytes: readonly number[]): number => (bytes.length === 4 ? 4 : 6);

/** An IPv4 address in IPv6 form is the IPv4 address; a zone index (fe80::1%eth0) says nothing about where it is. */
function addressBytes(text: string): number[] | undefined {
  const percent = text.indexOf('%');
  const bare = percent < 0 ? text : text.slice(0, percent);
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toByteArray() : undefined;
}
