// Florensia: a little-endian length that fits, a command, all ones.
// Owns: the first packet. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u16, u16le, u32 } from '@kaipo/core/wire/bytes.js';

export const florensiaPlugin = defineProtocol('Florensia (game)', {
  name: 'florensia',
  transports: ['tcp'],
  application: 'Florensia',
  stream: { at: 2, values: [2], fromBytes: 9 },
  probe({ bytes, start, end }) {
    const size = end - start;
    if (size <= 8 || u16le(bytes, start) !== size || u16(bytes, start + 2) !== 0x0201) return NOT_MINE;
    return u32(bytes, start + 4) === 0xffffffff && bytes[end - 1] !== 0xff ? MATCH : NOT_MINE;
  },
});
