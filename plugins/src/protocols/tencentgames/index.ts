// Tencent's games over TCP: 42 15 F7 87 with a length that fits, and 33 66 with a version twice.
// Owns: how these begin. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

const HEAD_BYTES = 10;

export const tencentgamesPlugin = defineProtocol('Tencent games: PUBG Mobile, Honor of Kings', {
  name: 'tencentgames',
  transports: ['tcp'],
  firstBytes: [0x42, 0x33],
  application: 'Tencent Games',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  if (end - start < 12) return NOT_MINE;
  if (u32(bytes, start) === 0x4215f787) return u32(bytes, start + 6) + HEAD_BYTES <= 0x100000 ? MATCH : NOT_MINE;
  if (u16(bytes, start) !== 0x3366 || bytes[start + 2] !== 0) return NOT_MINE;
  return u16(bytes, start + 2) === u16(bytes, start + 4) && bytes[start + 3]! > 0 && bytes[start + 7]! <= 2
    ? MATCH
    : NOT_MINE;
}
