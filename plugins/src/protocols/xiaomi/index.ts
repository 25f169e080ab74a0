// Xiaomi: push messages (MiPush). C2 FE, version 5 and a length below 64 KiB (48 bits).
// Owns: how it begins. Bound: one look at 12 bytes.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

export const xiaomiPlugin = defineProtocol('Xiaomi: push messages (MiPush)', {
  name: 'xiaomi',
  transports: ['tcp'],
  ports: [5222, 443, 80],
  firstBytes: [0xc2],
  application: 'Xiaomi',
  probe({ bytes, start: at, end }) {
    if (end - at < 12) return NOT_MINE;
    return u32(bytes, at) === 0xc2fe0005 && u32(bytes, at + 4) < 65_536 ? MATCH : NOT_MINE;
  },
});
