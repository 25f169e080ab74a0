// DHCP (RFC 2131) and BOOTP (RFC 951). Owns: naming the flow, and what a client says about itself (host name, full name, vendor
// class), and which server and router answers name. Must not know: leases. Bound: reads eight datagrams of a flow.
import {
  DONE,
  defineProtocols,
  type FlowDetails,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  type ProtocolSpec,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { addressText, macText } from '@kaipo/core/wire/address-text.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { FITS } from '@kaipo/core/wire/check.js';
import {
  BOOTP_CUT_LEN,
  checkBootp,
  checkDhcp,
  DHCP_CLIENT_FQDN,
  DHCP_HOST_NAME,
  DHCP_MESSAGE_TYPE,
  DHCP_ROUTER,
  DHCP_SERVER_ID,
  DHCP_VENDOR_CLASS,
  dhcpIsRequest,
  dhcpOptionAt,
  isBootpHead,
} from '@kaipo/core/wire/dhcp.js';
import { labelsText } from '@kaipo/core/wire/label-text.js';
import { utf8Text } from '@kaipo/core/wire/match.js';

const PORTS = [67, 68];

/** DHCP: what devices call themselves when they ask for an address. */
const dhcpSpec: ProtocolSpec = {
  name: 'dhcp',
  transports: ['udp'],
  ports: [...PORTS, 4011],
  firstBytes: [1, 2],
  probe: (p) => (checkDhcp(p.bytes, p.start, p.end) === FITS ? MATCH : NOT_MINE),
  open: (flow) => new DhcpReader(flow),
};

/** BOOTP without the options of DHCP. */
const bootpSpec: ProtocolSpec = {
  name: 'bootp',
  transports: ['udp'],
  ports: PORTS,
  isPortBound: true,
  firstBytes: [1, 2],
  probe: probeBootp,
};

export const dhcpPlugin = defineProtocols(
  'dhcp',
  'DHCP and BOOTP: what devices call themselves when they ask for an address',
  [dhcpSpec, bootpSpec],
);

/** Of a datagram that was cut as much as tells: it may well be DHCP, but the cookie was not captured. */
function probeBootp(p: Probe): Verdict {
  if (p.isCut && p.end - p.start >= BOOTP_CUT_LEN) return isBootpHead(p.bytes, p.start) ? MATCH : NOT_MINE;
  return checkBootp(p.bytes, p.start, p.end) === FITS ? MATCH : NOT_MINE;
}

const MAX_DATAGRAMS = 8;
const HARDWARE_LENGTH_AT = 2;
const CLIENT_ADDRESS_AT = 12;
const YOUR_ADDRESS_AT = 16;
const HARDWARE_ADDRESS_AT = 28;
const MAC_LEN = 6;
const IPV4_LEN = 4;
const DHCP_OFFER = 2;
const DHCP_ACK = 5;
const FQDN_HEADER_LEN = 3;
const FQDN_IS_ENCODED = 0x04;

class DhcpReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #left = MAX_DATAGRAMS;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    if (checkDhcp(bytes, start, end) === FITS) {
      const details = detailsOf(bytes, start, end);
      this.#flow.setDetails(details);
      this.#tellDevice(bytes, start, details.deviceName);
      if (!dhcpIsRequest(bytes, start)) this.#tellServer(bytes, start, end);
    }
    this.#left -= 1;
    return this.#left > 0 ? end - start : DONE;
  }

  /** RFC 2131 section 2: which card it is about, and the address it is given or has. */
  #tellDevice(bytes: Uint8Array, start: number, name: string | undefined): void {
    if (bytes[start + HARDWARE_LENGTH_AT] !== MAC_LEN) return;
    const given = start + YOUR_ADDRESS_AT;
    const address = u32(bytes, given) === 0 ? start + CLIENT_ADDRESS_AT : given;
    const hasAddress = u32(bytes, address) !== 0;
    if (!hasAddress && name === undefined) return;
    this.#flow.write({
      kind: 'device.seen',
      tsUs: this.#flow.tsUs,
      from: 'dhcp',
      mac: macText(bytes, start + HARDWARE_ADDRESS_AT),
      ...(hasAddress && { ip: addressText(bytes, address, 4) }),
      ...(name !== undefined && { name: safeText(name) }),
    });
  }

  /** Of an offer or an acknowledgement: who gives the address, and the first of the routers it names. */
  #tellServer(bytes: Uint8Array, start: number, end: number): void {
    const type = dhcpOptionAt(bytes, start, end, DHCP_MESSAGE_TYPE);
    if (type < 0 || (bytes[type] !== DHCP_OFFER && bytes[type] !== DHCP_ACK)) return;
    this.#tellRole('dhcp-server', bytes, dhcpOptionAt(bytes, start, end, DHCP_SERVER_ID));
    this.#tellRole('router', bytes, dhcpOptionAt(bytes, start, end, DHCP_ROUTER));
  }

  #tellRole(role: 'dhcp-server' | 'router', bytes: Uint8Array, at: number): void {
    if (at < 0 || bytes[at - 1]! < IPV4_LEN || u32(bytes, at) === 0) return;
    this.#flow.write({ kind: 'device.seen', tsUs: this.#flow.tsUs, from: 'dhcp', ip: addressText(bytes, at, 4), role });
  }
}

/** The vendor class counts only in what a client says: servers send their own, or repeat the question. */
function detailsOf(bytes: Uint8Array, start: number, end: number): FlowDetails {
  const isRequest = dhcpIsRequest(bytes, start);
  const host = optionText(bytes, start, end, DHCP_HOST_NAME);
  const fqdn = isRequest ? fqdnText(bytes, start, end) : '';
  const vendor = isRequest ? optionText(bytes, start, end, DHCP_VENDOR_CLASS) : '';
  const device = host === '' ? fqdn : host;
  return {
    ...(device !== '' && { deviceName: device }),
    ...(vendor !== '' && { deviceVendor: vendor }),
    ...(fqdn !== '' && fqdn !== device && { subject: fqdn }),
  };
}

function optionText(bytes: Uint8Array, start: number, end: number, code: number): string {
  const at = dhcpOptionAt(bytes, start, end, code);
  return at < 0 ? '' : trimmed(utf8Text(bytes, at, at + bytes[at - 1]!));
}

/** RFC 4702: flags, two old result codes, then the name as text or as labels. */
function fqdnText(bytes: Uint8Array, start: number, end: number): string {
  const at = dhcpOptionAt(bytes, start, end, DHCP_CLIENT_FQDN);
  if (at < 0 || bytes[at - 1]! <= FQDN_HEADER_LEN) return '';
  const stop = at + bytes[at - 1]!;
  const name = at + FQDN_HEADER_LEN;
  return (bytes[at]! & FQDN_IS_ENCODED) !== 0
    ? labelsText(bytes, name, stop)
    : trimmed(utf8Text(bytes, name, stop)).replace(/\.$/, '');
}

/** Some clients send the zero that ends their own strings. */
function trimmed(text: string): string {
  const zero = text.indexOf('\0');
  return (zero < 0 ? text : text.slice(0, zero)).trim();
}
