// The log upload of Nest thermostats and cameras (TCP 11095). Not documented: known from what its packets have in common.
// Owns: the count of packets that begin alike. Bound: the memo of the probe.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';

const PACKETS = 3;
const MARK = 0x13;

/**
 * Bytes 1 to 3 of each packet of the device: at most 2, 0x00 or 0x10, 0x13; 21 bits each. memoA is where the next packet begins,
 * memoB how many were right.
 */
function probe(p: Probe): Verdict {
  if (!p.fromClient) return UNSURE;
  const at = p.start + p.memoA;
  if (at + 8 > p.end) return NOT_MINE;
  const { bytes } = p;
  if (bytes[at + 1]! > 2 || (bytes[at + 2] !== 0 && bytes[at + 2] !== 0x10) || bytes[at + 3] !== MARK) return NOT_MINE;
  p.memoA = p.end - p.start;
  p.memoB += 1;
  return p.memoB >= PACKETS ? MATCH : UNSURE;
}

export const nestLogSinkPlugin = defineProtocol('Log upload of Nest devices', {
  name: 'nestlogsink',
  transports: ['tcp'],
  ports: [11_095],
  isPortBound: true,
  application: 'Nest',
  probe,
});
