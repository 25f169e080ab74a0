// BFCP (RFC 8855): who may speak in a conference. Owns: the recognition.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

const HEADER_BYTES = 12;
const LAST_PRIMITIVE = 18;
const LAST_ATTRIBUTE = 18;
const HELLO = 11;

/** Version 1 or 2 and reserved bits, primitive 1-18, a length in words that is exact, attributes that lead exactly to the end. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const version = bytes[start]! >> 5;
  if ((version !== 1 && version !== 2) || (bytes[start]! & 0x07) !== 0) return NOT_MINE;
  if (end - start < HEADER_BYTES)
    return p.transport === 6 && (end - start < 2 || bytes[start + 1]! <= LAST_PRIMITIVE) ? UNSURE : NOT_MINE;
  const primitive = bytes[start + 1]!;
  if (primitive === 0 || primitive > LAST_PRIMITIVE || u16(bytes, start + 2) * 4 + HEADER_BYTES !== end - start)
    return NOT_MINE;
  if (u32(bytes, start + 4) === 0 || u16(bytes, start + 10) === 0) return NOT_MINE;
  if (end - start > HEADER_BYTES) return isWalk(bytes, start + HEADER_BYTES, end) ? MATCH : NOT_MINE;
  // Without attributes the header has 27 bits: a second one of the same conference makes it sure.
  if (primitive !== HELLO && primitive !== 13 && primitive !== 16) return NOT_MINE;
  const conference = u32(bytes, start + 4);
  if (p.memoA === conference && p.memoB === u16(bytes, start + 10)) return MATCH;
  p.memoA = conference;
  p.memoB = u16(bytes, start + 10);
  return UNSURE;
}

function isWalk(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at + 2 <= end) {
    const type = bytes[at]! >> 1;
    const length = bytes[at + 1]!;
    if (type === 0 || type > LAST_ATTRIBUTE || length < 2) return false;
    at += (length + 3) & ~3;
  }
  return at === end;
}

export const bfcpPlugin = defineProtocol('Floor control of conferences (BFCP)', {
  name: 'bfcp',
  transports: ['tcp', 'udp'],
  ports: [5070, 50_000],
  firstBytes: [0x20, 0x28, 0x30, 0x38, 0x40, 0x48, 0x50, 0x58],
  probe,
});
