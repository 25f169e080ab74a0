// netcode.io and yojimbo: games. Packet type 0 and the words NETCODE 1.02 (112 bits).
// Owns: how it begins. Bound: one look at 14 bytes.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

export const yojimboPlugin = defineProtocol('netcode.io and yojimbo: games', {
  name: 'yojimbo',
  transports: ['udp'],
  ports: [40000],
  datagram: { minBytes: 14, values: [0] },
  probe({ bytes, start: at, end }) {
    if (end - at < 14) return NOT_MINE;
    return u32(bytes, at + 1) === 0x4e455443 &&
      u32(bytes, at + 5) === 0x4f444520 &&
      u32(bytes, at + 9) === 0x312e3032 &&
      bytes[at] === 0 &&
      bytes[at + 13] === 0
      ? MATCH
      : NOT_MINE;
  },
});
