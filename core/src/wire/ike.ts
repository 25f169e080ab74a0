// IKE version 1 and 2 headers (RFC 2408, RFC 7296). Owns: whether a datagram is exactly one. Must not know flows.
// Bound: one header.
/** @hot */
import { u32 } from './bytes.js';
import { isExactly } from './exact.js';

export const IKE_HEADER_BYTES = 28;

/** 1 or 2 when bytes[at, end) is one whole message of that version, else 0. */
export function ikeVersion(bytes: Uint8Array, at: number, end: number, isCut: boolean): number {
  const there = end - at;
  if (there < IKE_HEADER_BYTES || !isExactly(u32(bytes, at + 24), there, isCut)) return 0;
  if (u32(bytes, at) === 0 && u32(bytes, at + 4) === 0) return 0;
  const payload = bytes[at + 16]!;
  const version = bytes[at + 17]!;
  const exchange = bytes[at + 18]!;
  const flags = bytes[at + 19]!;
  if (version === 0x20)
    return exchange >= 34 && exchange <= 44 && (flags & 0xc7) === 0 && (payload === 0 || payload >= 33) ? 2 : 0;
  const isExchange = (exchange >= 1 && exchange <= 6) || exchange === 32 || exchange === 33;
  return version === 0x10 && isExchange && (flags & 0xf8) === 0 && (payload <= 21 || payload >= 128) ? 1 : 0;
}
