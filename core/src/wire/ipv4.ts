// IPv4 header (RFC 791).
/** @hot */
import { u16 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';

const TOTAL_LENGTH = 2;
const IDENTIFICATION = 4;
const FLAGS_AND_OFFSET = 6;
const PROTOCOL = 9;
const SOURCE = 12;
const DESTINATION = 16;
export const IPV4_MIN_HEADER_LEN = 20;

const MORE_FRAGMENTS = 0x2000;
const OFFSET_MASK = 0x1fff;

/** Checks the fixed part; options may still lie after `end`. */
export function checkIpv4(bytes: Uint8Array, at: number, end: number): Check {
  if (at + IPV4_MIN_HEADER_LEN > end) return SHORT;
  const first = bytes[at]!;
  if (first >> 4 !== 4 || (first & 0x0f) < 5) return BAD;
  const total = ipv4TotalLength(bytes, at);
  // 0: the card fills the length in after capture (segmentation offload, and BIG TCP above 65,535 bytes)
  return total !== 0 && total < (first & 0x0f) << 2 ? BAD : FITS;
}

export const ipv4HeaderLength = (bytes: Uint8Array, at: number): number => (bytes[at]! & 0x0f) << 2;
export const ipv4TotalLength = (bytes: Uint8Array, at: number): number => u16(bytes, at + TOTAL_LENGTH);
export const ipv4Identification = (bytes: Uint8Array, at: number): number => u16(bytes, at + IDENTIFICATION);
/** In units of eight bytes. */
export const ipv4FragmentOffset = (bytes: Uint8Array, at: number): number =>
  u16(bytes, at + FLAGS_AND_OFFSET) & OFFSET_MASK;
export const ipv4MoreFragments = (bytes: Uint8Array, at: number): boolean =>
  (u16(bytes, at + FLAGS_AND_OFFSET) & MORE_FRAGMENTS) !== 0;
/** Not a fragment: offset 0 and nothing follows. One read for the usual case. */
export const ipv4IsWhole = (bytes: Uint8Array, at: number): boolean =>
  (u16(bytes, at + FLAGS_AND_OFFSET) & (MORE_FRAGMENTS | OFFSET_MASK)) === 0;
export const ipv4Protocol = (bytes: Uint8Array, at: number): number => bytes[at + PROTOCOL]!;
export const ipv4SourceAt = (at: number): number => at + SOURCE;
export const ipv4DestinationAt = (at: number): number => at + DESTINATION;
