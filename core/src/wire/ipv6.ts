// IPv6 header and its extension headers (RFC 8200; AH RFC 4302, mobility RFC 6275, HIP RFC 7401, shim6 RFC 5533).
/** @hot */
import { u16, u32 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';
import { IP_AH } from './ip-protocols.js';

const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const SOURCE = 8;
const DESTINATION = 24;
const MULTICAST = 0xff;
export const IPV6_HEADER_LEN = 40;

export function checkIpv6(bytes: Uint8Array, at: number, end: number): Check {
  if (at < end && bytes[at]! >> 4 !== 6) return BAD;
  return at + IPV6_HEADER_LEN > end ? SHORT : FITS;
}

/** 0: jumbogram (RFC 2675), BIG TCP or segmentation offload: the frame knows the length. */
export const ipv6PayloadLength = (bytes: Uint8Array, at: number): number => u16(bytes, at + PAYLOAD_LENGTH);
export const ipv6NextHeader = (bytes: Uint8Array, at: number): number => bytes[at + NEXT_HEADER]!;
export const ipv6SourceAt = (at: number): number => at + SOURCE;
export const ipv6DestinationAt = (at: number): number => at + DESTINATION;

/** Are both addresses of blocks somebody may have, and is the source none of a group? (IANA, "IPv6 Address Space") */
export const ipv6IsAllocated = (bytes: Uint8Array, at: number): boolean =>
  isAllocated(bytes, at + SOURCE) && (bytes[at + DESTINATION] === MULTICAST || isAllocated(bytes, at + DESTINATION));

/** 2000::/3, fc00::/7, fe00::/8 (link and site), 5f00::/16, and below 0200::/7 ::/16, 64::/16 and 100::/16. */
function isAllocated(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at]!;
  if (first >> 5 === 1 || (first >= 0xfc && first <= 0xfe) || first === 0x5f) return true;
  const block = u16(bytes, at);
  return block === 0 || block === 0x64 || block === 0x100;
}

/** All extension headers begin with the next header's number; all but the fragment header have their length after it. */
export const EXTENSION_MIN_LEN = 8;

export const extensionNext = (bytes: Uint8Array, at: number): number => bytes[at]!;
/** Bytes of the extension header `header` at `at`: AH counts words of four bytes, the rest of eight. */
export const extensionLength = (bytes: Uint8Array, at: number, header: number): number =>
  header === IP_AH ? (bytes[at + 1]! + 2) << 2 : (bytes[at + 1]! + 1) << 3;

export const FRAGMENT_HEADER_LEN = 8;
export const ipv6FragmentOffset = (bytes: Uint8Array, at: number): number => u16(bytes, at + 2) >> 3;
export const ipv6MoreFragments = (bytes: Uint8Array, at: number): boolean => (bytes[at + 3]! & 1) === 1;
export const ipv6FragmentId = (bytes: Uint8Array, at: number): number => u32(bytes, at + 4);
