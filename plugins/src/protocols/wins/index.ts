// Replication between WINS servers (MS-WINSRA). Owns: what its messages look like. Bound: looks at one header, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

export const winsPlugin = defineProtocol('WINS servers replicating NetBIOS names', {
  name: 'wins',
  transports: ['tcp'],
  ports: [42],
  isPortBound: true,
  firstBytes: [0],
  probe,
});

const HEADER_LEN = 16;
const OPERATION = 0x00007800;
const LAST_TYPE = 3;
const MAX_LEN = 65_536;

/** A length, an operation code that never differs, a handle, one of four types. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN) return UNSURE;
  const length = u32(bytes, start);
  if (length < HEADER_LEN - 4 || length > MAX_LEN || u32(bytes, start + 12) > LAST_TYPE) return NOT_MINE;
  if ((u32(bytes, start + 4) & 0xff00) !== OPERATION || bytes[start + 4]! >= 0x80) return NOT_MINE;
  if (end - start < length + 4) return UNSURE;
  return end - start === length + 4 ? MATCH : NOT_MINE;
}
