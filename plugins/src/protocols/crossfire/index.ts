// Crossfire (game). Three constants, 64 bits.
// Owns: how it begins. Bound: one look at 24 bytes.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

export const crossfirePlugin = defineProtocol('Crossfire (game)', {
  name: 'crossfire',
  transports: ['udp'],
  firstBytes: [0xc7],
  application: 'Crossfire',
  probe({ bytes, start: at, end }) {
    if (end - at < 24) return NOT_MINE;
    return u32(bytes, at) === 0xc7d91999 && u16(bytes, at + 4) === 0x0200 && u16(bytes, at + 22) === 0x7d00
      ? MATCH
      : NOT_MINE;
  },
});
