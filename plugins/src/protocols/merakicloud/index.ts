// Cisco Meraki devices talking to their cloud. Owns: what such datagrams look like. Bound: looks at one datagram, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

export const merakicloudPlugin = defineProtocol('Meraki devices and their cloud', {
  name: 'merakicloud',
  transports: ['udp'],
  ports: [7351],
  firstBytes: [0xfe],
  application: 'Meraki',
  probe,
});

const MAGIC = 0xfef72891;
const HEADER_LEN = 8;

/** Four bytes that never differ; the total length is the last two of the header. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN || u32(bytes, start) !== MAGIC) return NOT_MINE;
  return u16(bytes, start + 6) <= end - start || p.isCut ? MATCH : NOT_MINE;
}
