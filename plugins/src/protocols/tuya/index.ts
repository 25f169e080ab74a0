// Tuya's local protocol of smart home devices, versions 3.1 to 3.5. Owns: what its frames look like; what they say is enciphered.
// Bound: looks at one frame, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

export const tuyaPlugin = defineProtocol('Tuya smart home devices on the local network', {
  name: 'tuya',
  transports: ['tcp', 'udp'],
  ports: [6668, 6666, 6667, 7000],
  firstBytes: [0],
  datagram: { minBytes: 18, at: 2, values: [0x55, 0x66], and: [{ at: 1, values: [0] }] },
  probe,
});

const UDP = 17;
const PREFIX = 0x000055aa;
const SUFFIX = 0x0000aa55;
const PREFIX_35 = 0x00006699;
const SUFFIX_35 = 0x00009966;
const HEADER_LEN = 16;
const HEADER_35_LEN = 18;
const MAX_LEN = 65_536;

/** Four bytes at the beginning, a length that fits, four bytes at the end. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_35_LEN)
    return p.transport === UDP || (end - start >= 2 && u16(bytes, start) !== 0) ? NOT_MINE : UNSURE;
  const prefix = u32(bytes, start);
  if (prefix !== PREFIX && prefix !== PREFIX_35) return NOT_MINE;
  const isNew = prefix === PREFIX_35;
  const length = u32(bytes, start + (isNew ? 14 : 12));
  if (length > MAX_LEN || length < 8) return NOT_MINE;
  const stop = start + length + (isNew ? HEADER_35_LEN + 4 : HEADER_LEN);
  if (stop > end) return p.isCut || p.transport !== UDP ? MATCH : NOT_MINE;
  return u32(bytes, stop - 4) === (isNew ? SUFFIX_35 : SUFFIX) ? MATCH : NOT_MINE;
}
