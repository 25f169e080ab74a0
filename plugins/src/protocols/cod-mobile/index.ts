// Call of Duty: Mobile measures its servers: eight random bytes and the word ping, sent back unchanged.
// Owns: that packet and its echo. Bound: one look at twelve bytes.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

const PING_BYTES = 12;
const PING = 0x70696e67;

export const codMobilePlugin = defineProtocol('Call of Duty: Mobile', {
  name: 'cod-mobile',
  transports: ['udp'],
  ports: [7500, 7008],
  datagram: { minBytes: PING_BYTES, maxBytes: PING_BYTES },
  application: 'Call of Duty: Mobile',
  probe,
});

function probe(p: Probe): Verdict {
  if (p.end - p.start !== PING_BYTES || u32(p.bytes, p.start + 8) !== PING || u32(p.bytes, p.start) === 0)
    return NOT_MINE;
  if (p.otherLength === 0) return UNSURE;
  if (p.otherLength !== PING_BYTES) return NOT_MINE;
  for (let i = 0; i < PING_BYTES; i++) if (p.bytes[p.start + i] !== p.otherBytes[i]) return NOT_MINE;
  return MATCH;
}
