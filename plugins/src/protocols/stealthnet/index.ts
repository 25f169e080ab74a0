// StealthNet file sharing. The first twelve letters of its greeting (96 bits).
// Owns: how it begins. Bound: one look at 16 bytes.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

export const stealthnetPlugin = defineProtocol('StealthNet file sharing', {
  name: 'stealthnet',
  transports: ['tcp'],
  firstBytes: [0x4c],
  probe({ bytes, start: at, end }) {
    if (end - at < 16) return NOT_MINE;
    return u32(bytes, at) === 0x4c415253 && u32(bytes, at + 4) === 0x20524547 && u32(bytes, at + 8) === 0x454e5342
      ? MATCH
      : NOT_MINE;
  },
});
