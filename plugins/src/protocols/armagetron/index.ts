// Armagetron: descriptor, message number, length in words, words, and zero at the end.
// Owns: the login request. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

export const armagetronPlugin = defineProtocol('Armagetron (game)', {
  name: 'armagetron',
  transports: ['udp'],
  ports: [4534],
  firstBytes: [0],
  application: 'Armagetron',
  probe({ bytes, start, end }) {
    const size = end - start;
    if (size < 12 || u32(bytes, start) !== 0x000b0000) return NOT_MINE;
    const words = u16(bytes, start + 4);
    if (words === 0 || words * 2 + 8 !== size) return NOT_MINE;
    return u16(bytes, start + 6) === 8 && u16(bytes, end - 2) === 0 ? MATCH : NOT_MINE;
  },
});
