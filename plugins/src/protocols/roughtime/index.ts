// Roughtime (draft-ietf-ntp-roughtime, and Google's first form without a frame).
// Owns: what such messages look like. Bound: looks at 16 tags of one message, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32le } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, mayBegin } from '@kaipo/core/wire/match.js';

const FRAME = asciiBytes('ROUGHTIM');
const MAX_TAGS = 16;

export const roughtimePlugin = defineProtocol('Roughtime: rough, provable time', {
  name: 'roughtime',
  transports: ['udp', 'tcp'],
  ports: [2002],
  datagram: [
    { minBytes: FRAME.length, values: [FRAME[0]!], and: [{ at: 1, values: [FRAME[1]!] }] },
    {
      minBytes: 16,
      values: Array.from({ length: MAX_TAGS - 1 }, (_, i) => i + 2),
      and: [1, 2, 3].map((at) => ({ at, values: [0] })),
    },
  ],
  stream: { values: [FRAME[0]!] },
  probe,
});

/** Tags as they are read, little-endian. */
const TAGS = new Set(
  ['NONC', 'PAD\xff', 'PAD\0', 'SIG\0', 'SREP', 'INDX', 'CERT', 'PATH', 'VER\0', 'VERS', 'SRV\0', 'TYPE', 'ZZZZ'].map(
    (tag) => u32le(asciiBytes(tag), 0),
  ),
);

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (beginsWith(bytes, start, end, FRAME)) return MATCH;
  if (p.transport === 6 && mayBegin(bytes, start, end, FRAME)) return UNSURE;
  return p.transport === 17 && isTagged(bytes, start, end) ? MATCH : NOT_MINE;
}

/** The count of tags, offsets that rise in words, tags that exist: at least two. */
function isTagged(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 16) return false;
  const tags = u32le(bytes, start);
  if (tags < 2 || tags > MAX_TAGS || start + tags * 8 > end) return false;
  let last = 0;
  for (let at = start + 4; at < start + tags * 4; at += 4) {
    const offset = u32le(bytes, at);
    if (offset < last || offset % 4 !== 0 || offset > 65_536) return false;
    last = offset;
  }
  for (let at = start + tags * 4; at < start + tags * 8; at += 4) if (!TAGS.has(u32le(bytes, at))) return false;
  return true;
}
