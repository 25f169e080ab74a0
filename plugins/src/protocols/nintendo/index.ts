// Nintendo consoles among each other (Pia). 32 AB 98 64 and a version (32 bits).
// Owns: how it begins. Bound: one look at 16 bytes.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

export const nintendoPlugin = defineProtocol('Nintendo consoles among each other (Pia)', {
  name: 'nintendo',
  transports: ['udp'],
  firstBytes: [0x32],
  application: 'Nintendo',
  probe({ bytes, start: at, end }) {
    if (end - at < 16) return NOT_MINE;
    return u32(bytes, at) === 0x32ab9864 && bytes[at + 4]! >= 1 && bytes[at + 4]! <= 0x8f ? MATCH : NOT_MINE;
  },
});
