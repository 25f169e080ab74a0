// ICMP (RFC 792) and ICMPv6 (RFC 4443): type, code, checksum and four bytes that depend on the type.
// An error quotes the header it is about: that is text about a packet, never a packet.
/** @hot */
import { type Check, FITS, SHORT } from './check.js';

/** Type, code and checksum: what every message has. */
export const ICMP_MIN_LEN = 4;
export const ICMP_HEADER_LEN = 8;

export function checkIcmp(at: number, end: number): Check {
  return at + ICMP_MIN_LEN > end ? SHORT : FITS;
}
export const icmpType = (bytes: Uint8Array, at: number): number => bytes[at]!;
export const icmpCode = (bytes: Uint8Array, at: number): number => bytes[at + 1]!;
