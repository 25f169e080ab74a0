// miIO: 21 31, length of the whole packet, device, time; a hello is all ones.
// Owns: the header. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

export const miioPlugin = defineProtocol('Xiaomi devices at home (miIO)', {
  name: 'miio',
  transports: ['udp'],
  ports: [54321],
  firstBytes: [0x21],
  application: 'Xiaomi',
  probe({ bytes, start, end }) {
    const size = end - start;
    if (size < 32 || u16(bytes, start) !== 0x2131 || u16(bytes, start + 2) !== size) return NOT_MINE;
    return size === 32 || (u32(bytes, start + 4) === 0 && size % 16 === 0) ? MATCH : NOT_MINE;
  },
});
