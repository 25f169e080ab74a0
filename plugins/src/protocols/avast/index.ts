// Avast and AVG: updates and reputation (NOSA). The letters NOSA, a length and a version that fit (more than 50 bits).
// Owns: how it begins. Bound: one look at 16 bytes.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

export const avastPlugin = defineProtocol('Avast and AVG: updates and reputation (NOSA)', {
  name: 'avast',
  transports: ['tcp'],
  ports: [80, 443],
  firstBytes: [0x4e],
  application: 'AVAST',
  probe({ bytes, start: at, end }) {
    if (end - at < 16) return NOT_MINE;
    return u32(bytes, at) === 0x4e4f5341 &&
      u16(bytes, at + 4) >= 16 &&
      u16(bytes, at + 4) <= 4096 &&
      bytes[at + 6]! <= 2 &&
      bytes[at + 7]! <= 8
      ? MATCH
      : NOT_MINE;
  },
});
