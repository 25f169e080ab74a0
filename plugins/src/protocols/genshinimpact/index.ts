// miHoYo games: Genshin Impact, Honkai. The connect request: 20 bytes, three constants (96 bits).
// Owns: how it begins. Bound: one look at 20 bytes.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

export const genshinimpactPlugin = defineProtocol('miHoYo games: Genshin Impact, Honkai', {
  name: 'genshinimpact',
  transports: ['udp'],
  ports: [22101, 22102],
  firstBytes: [0x00],
  application: 'Genshin Impact',
  probe({ bytes, start: at, end }) {
    if (end - at < 20) return NOT_MINE;
    return u32(bytes, at) === 0x000000ff &&
      u32(bytes, at + 12) === 0x499602d2 &&
      u32(bytes, at + 16) === 0xffffffff &&
      end - at === 20
      ? MATCH
      : NOT_MINE;
  },
});
