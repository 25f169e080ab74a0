// NetEase games. Four bytes 07 08 08 0C (32 bits).
// Owns: how it begins. Bound: one look at 16 bytes.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

export const neteasegamesPlugin = defineProtocol('NetEase games', {
  name: 'neteasegames',
  transports: ['udp'],
  firstBytes: [0x07],
  application: 'NetEase Games',
  probe({ bytes, start: at, end }) {
    if (end - at < 16) return NOT_MINE;
    return u32(bytes, at) === 0x0708080c ? MATCH : NOT_MINE;
  },
});
