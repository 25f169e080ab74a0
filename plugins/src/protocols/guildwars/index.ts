// Guild Wars: the first packets of its client, by size and constants.
// Owns: three of them. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

/** Where "@2&P" stands in the packet of 64 bytes. */
const MARK_AT = 50;
const MARK = 0x40322650;

export const guildwarsPlugin = defineProtocol('Guild Wars (game)', {
  name: 'guildwars',
  transports: ['tcp'],
  ports: [6112, 6600],
  application: 'Guild Wars',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  const size = end - start;
  if (size === 64) return u16(bytes, start + 1) === 0x050c && u32(bytes, start + MARK_AT) === MARK ? MATCH : NOT_MINE;
  if (size === 16) {
    if (u16(bytes, start + 1) !== 0x040c || u16(bytes, start + 4) !== 0xa672) return NOT_MINE;
    return bytes[start + 8] === 1 && bytes[start + 12] === 4 ? MATCH : NOT_MINE;
  }
  if (size !== 21 || u16(bytes, start) !== 0x0100) return NOT_MINE;
  return u32(bytes, start + 5) === 0xf1001000 && bytes[start + 9] === 1 ? MATCH : NOT_MINE;
}
