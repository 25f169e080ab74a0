// NetEase games. Four bytes 07 08 08 0C, which could be any header with small numbers: two datagrams have to begin with them.
// Owns: how they begin. Bound: one look at 16 bytes.
import { defineProtocol, MATCH, NOT_MINE, UNSURE } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

const MAGIC = 0x0708080c;

export const neteasegamesPlugin = defineProtocol('NetEase games', {
  name: 'neteasegames',
  transports: ['udp'],
  firstBytes: [0x07],
  application: 'NetEase Games',
  probe(p) {
    if (p.end - p.start < 16 || u32(p.bytes, p.start) !== MAGIC) return NOT_MINE;
    p.memoA += 1;
    return p.memoA >= 2 ? MATCH : UNSURE;
  },
});
