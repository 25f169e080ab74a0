// Elasticsearch and OpenSearch transport protocol, between nodes and from old clients (9300). Owns: its header. The REST API is http.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { BROKEN, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

const PING = 0xffffffff;
const MAX_MESSAGE = 1_073_741_824;

/** "ES", length of what follows, request id, status bits, version. A ping has the length -1 and nothing else. */
function messageLength(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== 0x45 || (at + 1 < end && bytes[at + 1] !== 0x53)) return -1;
  if (at + 6 > end) return 0;
  const length = u32(bytes, at + 2);
  if (length === PING) return 6;
  if (length < 13 || length > MAX_MESSAGE) return -1;
  if (at + 19 > end) return 0;
  // Request ids are counted from 1, the status has four bits, a version is 7 or 8 digits: 7.10.2 is 7100299.
  return bytes[at + 14]! <= 0x0f && u32(bytes, at + 6) === 0 && bytes[at + 15]! <= 0x08 && u32(bytes, at + 15) > 10_000
    ? 6 + length
    : -1;
}

function probe(p: Probe): Verdict {
  const chain = followChain(p.bytes, p.start, p.end, messageLength);
  if (chain === BROKEN) return NOT_MINE;
  if (wholeMessages(chain) > 0) return MATCH;
  return p.end - p.start >= 19 ? MATCH : UNSURE;
}

export const elasticsearchPlugin = defineProtocol('Elasticsearch and OpenSearch between nodes', {
  name: 'elasticsearch',
  transports: ['tcp'],
  ports: [9300, 9301],
  firstBytes: [0x45],
  probe,
});
