// FLUTE (RFC 6726) over ALC and LCT (RFC 5775, RFC 5651): files by broadcast. Owns: the datagrams that carry the table of files,
// which prove the session. Bound: looks at the header of one datagram, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { isAll } from '@kaipo/core/wire/exact.js';

export const flutePlugin = defineProtocol('Files by broadcast (FLUTE, ALC/LCT)', {
  name: 'flute',
  transports: ['udp'],
  ports: [4001],
  firstBytes: [0x10, 0x12, 0x14, 0x16, 0x18, 0x1a, 0x1c, 0x1e, 0x11, 0x13, 0x15, 0x17, 0x19, 0x1b, 0x1d, 0x1f],
  probe,
});

const EXT_NOP = 0;
const EXT_FDT = 192;
const FIRST_FIXED_EXTENSION = 128;
const WORD = 4;

/** LCT version 1; object number 0, which is the table of files; its extension with a version of FLUTE; extensions that fill the header. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 20) return NOT_MINE;
  const flags = bytes[start + 1]!;
  const congestion = (((bytes[start]! >> 2) & 3) + 1) * WORD;
  const half = (flags >> 4) & 1;
  const session = (flags >> 7) * WORD + half * 2;
  const object = ((flags >> 5) & 3) * WORD + half * 2;
  const stop = start + bytes[start + 2]! * WORD;
  const objectAt = start + WORD + congestion + session;
  let at = objectAt + object;
  if (object < 2 || (flags & 0x0c) !== 0 || stop > end || at + WORD > stop || !isAll(bytes, objectAt, at, 0))
    return NOT_MINE;
  let isTable = false;
  while (at < stop) {
    const type = bytes[at]!;
    if (type === EXT_FDT && bytes[at + 1]! >> 4 >= 1 && bytes[at + 1]! >> 4 <= 2) isTable = true;
    else if (type > 3 && type < 64 && type !== EXT_NOP) return NOT_MINE;
    const length = type >= FIRST_FIXED_EXTENSION ? WORD : bytes[at + 1]! * WORD;
    if (length === 0) return NOT_MINE;
    at += length;
  }
  return isTable && at === stop ? MATCH : NOT_MINE;
}
