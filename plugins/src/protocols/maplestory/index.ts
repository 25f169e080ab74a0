// MapleStory: the server opens each connection with the only packet in the clear: its length (2, little-endian), version of the game (2),
// subversion as a text with its length, an initialisation vector for each direction (4 and 4), the region (1).
// Owns: that packet; reads the version. Bound: one look.
import { DONE, defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u16le } from '@kaipo/core/wire/bytes.js';

const MAX_VERSION = 400;
const MAX_REGION = 9;
const VERSION_AT = 2;
const SUBVERSION_AT = 4;

/** How long the packet is with a subversion of so many digits. */
const packetBytes = (digits: number): number => SUBVERSION_AT + 2 + digits + 4 + 4 + 1;

export const maplestoryPlugin = defineProtocol('MapleStory (game): version', {
  name: 'maplestory',
  transports: ['tcp'],
  ports: [8484, 8585, 7575, 7576, 7577],
  application: 'MapleStory',
  firstBytes: [0x0d, 0x0e, 0x0f],
  probe({ bytes, start, end, fromStart, otherLength }) {
    const size = end - start;
    // The server speaks first.
    if (!fromStart || otherLength > 0 || size < packetBytes(0) || u16le(bytes, start) !== size - 2) return NOT_MINE;
    const version = u16le(bytes, start + VERSION_AT);
    const digits = u16le(bytes, start + SUBVERSION_AT);
    if (version === 0 || version > MAX_VERSION || digits > 2 || size !== packetBytes(digits)) return NOT_MINE;
    for (let i = 0; i < digits; i++) {
      const digit = bytes[start + SUBVERSION_AT + 2 + i]!;
      if (digit < 0x30 || digit > 0x39) return NOT_MINE;
    }
    const region = bytes[end - 1]!;
    return region >= 1 && region <= MAX_REGION ? MATCH : NOT_MINE;
  },
  open: (flow) => ({
    read(bytes, start) {
      flow.setDetails({ serverSoftware: `MapleStory ${u16le(bytes, start + VERSION_AT)}` });
      return DONE;
    },
  }),
});
