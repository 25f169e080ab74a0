// Linux netfilter log (LINKTYPE_NFLOG): a list of attributes in the writer's byte order; one of them is the packet.
/** @hot */
import { u16, u16le } from './bytes.js';

const FAMILY = 0;
const VERSION = 1;
export const NFLOG_HEADER_LEN = 4;
const ATTRIBUTE_HEADER_LEN = 4;
const ATTRIBUTE_PAYLOAD = 9;
const TYPE_MASK = 0x7fff;
const ATTRIBUTES_MAX = 64;

export const nflogFamily = (bytes: Uint8Array, at: number): number => bytes[at + FAMILY]!;
export const nflogVersion = (bytes: Uint8Array, at: number): number => bytes[at + VERSION]!;

/** No attribute holds the packet: nothing is wrong with that. */
export const NFLOG_NO_PAYLOAD = -1;
/** An attribute's length is impossible. */
export const NFLOG_BAD = -2;

/** Offset of the packet, NFLOG_NO_PAYLOAD or NFLOG_BAD. `at` is after the header. */
export function nflogPayloadAt(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  if (next + ATTRIBUTE_HEADER_LEN > end) return NFLOG_NO_PAYLOAD;
  // No attribute of the first hundreds is longer than 255 bytes but the packet: a big-endian length begins with 0.
  const bigEndian = bytes[next] === 0;
  for (let i = 0; i < ATTRIBUTES_MAX && next + ATTRIBUTE_HEADER_LEN <= end; i++) {
    const length = bigEndian ? u16(bytes, next) : u16le(bytes, next);
    const type = (bigEndian ? u16(bytes, next + 2) : u16le(bytes, next + 2)) & TYPE_MASK;
    if (length < ATTRIBUTE_HEADER_LEN) return NFLOG_BAD;
    if (type === ATTRIBUTE_PAYLOAD) return next + ATTRIBUTE_HEADER_LEN;
    next += (length + 3) & ~3;
  }
  return next > end ? NFLOG_BAD : NFLOG_NO_PAYLOAD;
}
