// Battle.net: the first message of StarCraft II, and the older protocol of games: FF, a message, its length.
// Owns: how they begin. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16le, u32 } from '@kaipo/core/wire/bytes.js';
import { beginsWith } from '@kaipo/core/wire/match.js';

/** Of StarCraft II. */
const HELLO = Uint8Array.of(0x4a, 0, 0, 0x0a, 0x66, 0x02, 0x0a, 0xed, 0x2d, 0x66);
const AUTH_INFO = 0x50;
const HEAD_BYTES = 4;
/** Platform as it is written, backwards: IX86, PMAC, XMAC. */
const PLATFORMS = new Set([0x36385849, 0x43414d50, 0x43414d58]);

export const starcraftPlugin = defineProtocol('Battle.net games: StarCraft and others', {
  name: 'starcraft',
  transports: ['tcp'],
  ports: [1119, 6112],
  firstBytes: [0x4a, 0xff, 0x01],
  application: 'Battle.net',
  probe,
});

/** The older games say 1 first, for "game", alone or with what follows. */
function probe({ bytes, start, end }: Probe): Verdict {
  if (beginsWith(bytes, start, end, HELLO)) return MATCH;
  if (bytes[start] === 1 && end - start === 1) return UNSURE;
  const at = bytes[start] === 1 ? start + 1 : start;
  if (end - at < HEAD_BYTES + 8 || bytes[at] !== 0xff || bytes[at + 1] !== AUTH_INFO) return NOT_MINE;
  if (u16le(bytes, at + 2) > 128 || u32(bytes, at + HEAD_BYTES) !== 0) return NOT_MINE;
  return PLATFORMS.has(u32(bytes, at + HEAD_BYTES + 4)) ? MATCH : NOT_MINE;
}
