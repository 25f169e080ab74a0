// Xbox Live over UDP: four zeros, 58 in the sixth place, a pair of bytes that says the kind.
// Owns: that head. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u24, u32 } from '@kaipo/core/wire/bytes.js';

/** Fifth and seventh byte. */
const KINDS = new Set([0x0c76, 0x0218, 0x0b80, 0x0340, 0x064e]);

export const xboxPlugin = defineProtocol('Xbox Live: consoles among each other', {
  name: 'xbox',
  transports: ['udp'],
  ports: [3074],
  firstBytes: [0],
  application: 'Xbox',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  if (end - start <= 12 || u32(bytes, start) !== 0 || bytes[start + 5] !== 0x58) return NOT_MINE;
  if (u24(bytes, start + 7) !== 0) return NOT_MINE;
  return KINDS.has((bytes[start + 4]! << 8) | bytes[start + 6]!) ? MATCH : NOT_MINE;
}
