// Bolt, the protocol of Neo4j and Memgraph (neo4j.com/docs/bolt). Owns: the handshake.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

const MAGIC = 0x6060b017;

function probe(p: Probe): Verdict {
  if (p.end - p.start < 4) return UNSURE;
  return u32(p.bytes, p.start) === MAGIC ? MATCH : NOT_MINE;
}

export const boltPlugin = defineProtocol('Neo4j and Memgraph (Bolt)', {
  name: 'bolt',
  transports: ['tcp'],
  ports: [7687],
  firstBytes: [0x60],
  probe,
});
