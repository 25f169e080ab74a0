// Monero peers (Levin). The eight bytes every message begins with (64 bits).
// Owns: how it begins. Bound: one look at 9 bytes.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

export const moneroPlugin = defineProtocol('Monero peers (Levin)', {
  name: 'monero',
  transports: ['tcp'],
  ports: [18080, 18081, 28080],
  firstBytes: [0x01],
  application: 'Monero',
  probe({ bytes, start: at, end }) {
    if (end - at < 9) return NOT_MINE;
    return u32(bytes, at) === 0x01210101 && u32(bytes, at + 4) === 0x01010101 ? MATCH : NOT_MINE;
  },
});
