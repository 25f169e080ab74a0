// Check Point's cluster control protocol. Owns: what such datagrams look like. Bound: looks at one datagram, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';

export const cphaPlugin = defineProtocol('Check Point firewalls in a cluster (CCP)', {
  name: 'cpha',
  transports: ['udp'],
  ports: [8116],
  isPortBound: true,
  firstBytes: [0x1a],
  probe,
});

const MAGIC = 0x1a90;
const HEADER_LEN = 20;
const LAST_OPERATION = 15;
const LAST_VERSION = 0x1fff;

/** The magic number, a version that is not far from those that exist, one of fifteen operations. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN || u16(bytes, start) !== MAGIC) return NOT_MINE;
  const operation = u16(bytes, start + 6);
  return u16(bytes, start + 2) <= LAST_VERSION && operation >= 1 && operation <= LAST_OPERATION ? MATCH : NOT_MINE;
}
