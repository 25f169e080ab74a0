// MPEG transport stream packets (ISO/IEC 13818-1): 188 bytes that begin with 0x47. Owns: whether bytes are nothing but these.
// Must not know flows. Bound: what one datagram holds.
/** @hot */
import { u16 } from './bytes.js';

export const TS_PACKET_BYTES = 188;
const SYNC = 0x47;

/** How many whole packets bytes[start, end) are, 0 when they are anything else. */
export function transportPackets(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 0 || length % TS_PACKET_BYTES !== 0) return 0;
  for (let at = start; at < end; at += TS_PACKET_BYTES) {
    // No transport error, and an adaptation field or a payload.
    if (bytes[at] !== SYNC || (bytes[at + 1]! & 0x80) !== 0 || (bytes[at + 3]! & 0x30) === 0) return 0;
  }
  return length / TS_PACKET_BYTES;
}

/** Program of the packet at `at`: 13 bits. */
export const transportPid = (bytes: Uint8Array, at: number): number => u16(bytes, at + 1) & 0x1fff;
export const transportCounter = (bytes: Uint8Array, at: number): number => bytes[at + 3]! & 0x0f;
