// RethinkDB (rethinkdb.com/docs/writing-drivers). Owns: the numbers a client begins with.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32le } from '@kaipo/core/wire/bytes.js';

const V0_2 = 0x723081e1;
const V0_3 = 0x5f75e83e;
const V0_4 = 0x400c2d20;
const V1_0 = 0x34c2bdc3;

function probe(p: Probe): Verdict {
  if (!p.fromClient && p.fromStart) return NOT_MINE;
  if (p.end - p.start < 4) return UNSURE;
  const magic = u32le(p.bytes, p.start);
  return magic === V1_0 || magic === V0_4 || magic === V0_3 || magic === V0_2 ? MATCH : NOT_MINE;
}

export const rethinkdbPlugin = defineProtocol('RethinkDB', {
  name: 'rethinkdb',
  transports: ['tcp'],
  ports: [28_015],
  firstBytes: [0xc3, 0x20, 0x3e, 0xe1],
  probe,
});
