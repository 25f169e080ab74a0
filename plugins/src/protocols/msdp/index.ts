// Multicast source discovery protocol (RFC 3618).
// Owns: what such a stream looks like. Bound: looks at four messages of the beginning, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u24 } from '@kaipo/core/wire/bytes.js';

export const msdpPlugin = defineProtocol('Multicast source discovery (MSDP)', {
  name: 'msdp',
  transports: ['tcp'],
  ports: [639],
  isPortBound: true,
  firstBytes: [1, 2, 3, 4],
  probe,
});

const SOURCE_ACTIVE = 1;
const KEEP_ALIVE = 4;
const PROVEN = 2;

/** A keep-alive is three bytes that never differ; a source-active message has a length that its count of entries agrees with. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  let at = start;
  let proofs = 0;
  for (let i = 0; i < 4 && at + 3 <= end; i++) {
    const type = bytes[at]!;
    const length = u16(bytes, at + 1);
    if (type === KEEP_ALIVE) {
      if (length !== 3) return NOT_MINE;
      proofs += 1;
    } else if (type <= 3) {
      if (at + 12 > end) return UNSURE;
      const entries = bytes[at + 3]!;
      const isEntries =
        type === SOURCE_ACTIVE && length >= 8 + 12 * entries && u24(bytes, at + 8) === 0 && bytes[at + 11] === 32;
      if (!isEntries || entries === 0) return NOT_MINE;
      proofs += PROVEN;
    } else return NOT_MINE;
    at += length;
  }
  return proofs >= PROVEN ? MATCH : UNSURE;
}
