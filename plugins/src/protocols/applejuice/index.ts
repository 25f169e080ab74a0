// appleJuice file sharing. Its greeting (64 bits).
// Owns: how it begins. Bound: one look at 8 bytes.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

export const applejuicePlugin = defineProtocol('appleJuice file sharing', {
  name: 'applejuice',
  transports: ['tcp'],
  ports: [9850],
  firstBytes: [0x61],
  probe({ bytes, start: at, end }) {
    if (end - at < 8) return NOT_MINE;
    return u32(bytes, at) === 0x616a7072 && u32(bytes, at + 4) === 0x6f740d0a ? MATCH : NOT_MINE;
  },
});
