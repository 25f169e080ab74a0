// Thunder: packets that begin with the same byte from 30 to 3F and three zeros, three in a row.
// Owns: counting them. Bound: three packets.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u24, u32 } from '@kaipo/core/wire/bytes.js';

const LEAST_BYTES = 9;
const IN_A_ROW = 3;

export const thunderPlugin = defineProtocol('Thunder (Xunlei) downloads', {
  name: 'thunder',
  transports: ['udp'],
  application: 'Xunlei',
  probe,
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < LEAST_BYTES || (bytes[start]! & 0xf0) !== 0x30 || u24(bytes, start + 1) !== 0) return NOT_MINE;
  // Small numbers one after the other are somebody else's.
  if (u32(bytes, start + 4) === 0 || (u24(bytes, start + 5) === 0 && isSmall(bytes, start + 8, end))) return NOT_MINE;
  if (p.memoA > 0 && p.memoB !== bytes[start]) return NOT_MINE;
  p.memoB = bytes[start]!;
  p.memoA += 1;
  return p.memoA >= IN_A_ROW ? MATCH : UNSURE;
}

/** Is what is there of the four bytes at `at` a number below 256, little-endian? */
function isSmall(bytes: Uint8Array, at: number, end: number): boolean {
  for (let i = at + 1; i < at + 4 && i < end; i++) if (bytes[i] !== 0) return false;
  return true;
}
