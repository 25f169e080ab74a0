// Warcraft III: F7, a message, a little-endian length; a chain of such messages that fits exactly.
// Owns: that framing. Bound: eight messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16le, u32 } from '@kaipo/core/wire/bytes.js';

const HEAD_BYTES = 4;
const MAX_MESSAGES = 8;
/** The first message of a player who joins, and the search for games in the network. */
const REQUEST_JOIN = 0x1e;
const SEARCH = 0x2f;
const GAME_INFO = 0x30;
/** W3XP, WAR3 backwards. */
const PRODUCTS = new Set([0x50583357, 0x33524157]);

export const warcraft3Plugin = defineProtocol('Warcraft III: games among players', {
  name: 'warcraft3',
  transports: ['tcp', 'udp'],
  ports: [6112, 6113],
  firstBytes: [0xf7],
  application: 'Warcraft III',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  if (end - start < HEAD_BYTES + 8) return NOT_MINE;
  const kind = bytes[start + 1]!;
  const length = u16le(bytes, start + 2);
  if (kind === SEARCH || kind === GAME_INFO)
    return length === end - start && PRODUCTS.has(u32(bytes, start + HEAD_BYTES)) ? MATCH : NOT_MINE;
  if (kind !== REQUEST_JOIN || length < 24 || length > 80) return NOT_MINE;
  let at = start;
  for (let i = 0; i < MAX_MESSAGES && at < end; i++) {
    if (end - at < HEAD_BYTES || bytes[at] !== 0xf7) return NOT_MINE;
    at += u16le(bytes, at + 2);
  }
  return at === end ? MATCH : NOT_MINE;
}
