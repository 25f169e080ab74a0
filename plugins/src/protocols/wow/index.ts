// World of Warcraft: the challenge of the login server, the greetings of the game server.
// Owns: how they begin. Bound: one look at the first bytes.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16le, u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith } from '@kaipo/core/wire/match.js';

const GREETING = asciiBytes('WORLD OF WARCRAFT CONNECTION - ');
const LOGIN_BYTES = 34;

export const wowPlugin = defineProtocol('World of Warcraft: login and game', {
  name: 'wow',
  transports: ['tcp'],
  ports: [3724],
  stream: { at: 4, values: [0x57, GREETING[2]!] },
  application: 'World of Warcraft',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  // Two bytes of length, then words.
  if (bytes[start] !== 0 && bytes[start + 1] === 0)
    return beginsWith(bytes, start + 2, end, GREETING) ? MATCH : NOT_MINE;
  // Command 0, protocol, a little-endian length that fits exactly, the name of the game backwards or not.
  if (end - start < LOGIN_BYTES || bytes[start] !== 0 || u16le(bytes, start + 2) !== end - start - 4) return NOT_MINE;
  return u32(bytes, start + 4) === 0x576f5700 && bytes[start + 1]! <= 8 ? MATCH : NOT_MINE;
}
