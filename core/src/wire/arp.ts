// ARP and RARP (RFC 826, RFC 903). Only what the check of a sane header needs, and where the addresses are.
/** @hot */
import { u16 } from './bytes.js';
import { type Check, FITS, SHORT } from './check.js';

const PROTOCOL_TYPE = 2;
const HARDWARE_LEN = 4;
const PROTOCOL_LEN = 5;
const OPERATION = 6;
export const ARP_FIXED_LEN = 8;

export function checkArp(bytes: Uint8Array, at: number, end: number): Check {
  if (at + ARP_FIXED_LEN > end) return SHORT;
  return at + arpLength(bytes, at) > end ? SHORT : FITS;
}

export const arpLength = (bytes: Uint8Array, at: number): number =>
  ARP_FIXED_LEN + 2 * (bytes[at + HARDWARE_LEN]! + bytes[at + PROTOCOL_LEN]!);
export const arpProtocolType = (bytes: Uint8Array, at: number): number => u16(bytes, at + PROTOCOL_TYPE);
export const arpOperation = (bytes: Uint8Array, at: number): number => u16(bytes, at + OPERATION);

const HARDWARE_TYPE = 0;
const HARDWARE_ETHERNET = 1;
const HARDWARE_IEEE802 = 6;
const PROTOCOL_IPV4 = 0x0800;
const MAC_LEN = 6;
const IPV4_LEN = 4;
export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;

/** Does the header at `at`, which has passed the check, tell hardware addresses of Ethernet for addresses of IPv4? */
export const arpIsIpv4 = (bytes: Uint8Array, at: number): boolean =>
  (u16(bytes, at + HARDWARE_TYPE) === HARDWARE_ETHERNET || u16(bytes, at + HARDWARE_TYPE) === HARDWARE_IEEE802) &&
  arpProtocolType(bytes, at) === PROTOCOL_IPV4 &&
  bytes[at + HARDWARE_LEN] === MAC_LEN &&
  bytes[at + PROTOCOL_LEN] === IPV4_LEN;
/** Of such a header: the sender's hardware address, and the address it says is its own. */
export const arpSenderMacAt = (at: number): number => at + ARP_FIXED_LEN;
export const arpSenderIpAt = (at: number): number => at + ARP_FIXED_LEN + MAC_LEN;
/** Whom a request looks for, whom a reply answers. */
export const arpTargetIpAt = (at: number): number => at + ARP_FIXED_LEN + 2 * MAC_LEN + IPV4_LEN;
/** The sender of a probe (RFC 5227) has no address yet: it says 0.0.0.0. */
export const arpIsProbe = (bytes: Uint8Array, at: number): boolean => {
  const ip = arpSenderIpAt(at);
  return (bytes[ip]! | bytes[ip + 1]! | bytes[ip + 2]! | bytes[ip + 3]!) === 0;
};
