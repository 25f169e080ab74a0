// PPP framing (RFC 1661, RFC 1662) with its compressed fields, and PPPoE (RFC 2516).
/** @hot */
import { u16 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';

export const PPP_IPV4 = 0x0021;
export const PPP_BRIDGING = 0x0031;
export const PPP_IPV6 = 0x0057;
export const PPP_MPLS = 0x0281;
export const PPP_MPLS_MULTICAST = 0x0283;

const ALL_STATIONS = 0xff;
const UNNUMBERED = 0x03;

/** Length of address and control: 2, or 0 when they are compressed away. */
export function pppAddressLength(bytes: Uint8Array, at: number, end: number): number {
  return at + 2 <= end && bytes[at] === ALL_STATIONS && bytes[at + 1] === UNNUMBERED ? 2 : 0;
}

/** Length of the protocol field at `at`: 1 when its first byte is odd (compressed), else 2. */
export const pppProtocolLength = (bytes: Uint8Array, at: number): number => ((bytes[at]! & 1) === 1 ? 1 : 2);

/** The caller has checked `pppProtocolLength` bytes. */
export const pppProtocol = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! & 1) === 1 ? bytes[at]! : u16(bytes, at);

/** RFC 3518: flags and MAC type in front of a bridged frame. */
export const BRIDGING_HEADER_LEN = 2;
export const BRIDGING_MAC_ETHERNET = 1;

const CODE = 1;
const LENGTH = 4;
export const PPPOE_HEADER_LEN = 6;
const VERSION_1_TYPE_1 = 0x11;

export function checkPppoe(bytes: Uint8Array, at: number, end: number): Check {
  if (at + PPPOE_HEADER_LEN > end) return SHORT;
  return bytes[at] === VERSION_1_TYPE_1 ? FITS : BAD;
}
export const pppoeCode = (bytes: Uint8Array, at: number): number => bytes[at + CODE]!;
/** Bytes after the six of the header. */
export const pppoeLength = (bytes: Uint8Array, at: number): number => u16(bytes, at + LENGTH);
