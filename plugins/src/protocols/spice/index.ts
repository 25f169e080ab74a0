// SPICE, the remote display of virtual machines. Owns: the link message both sides begin with. Bound: 8 bytes.
// Every channel of a session is a connection of its own and begins alike.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32le } from '@kaipo/core/wire/bytes.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

const MAGIC = asciiBytes('REDQ');
const LAST_VERSION = 2;

export const spicePlugin = defineProtocol('SPICE remote displays', {
  name: 'spice',
  transports: ['tcp'],
  ports: [5900, 5930],
  firstBytes: [0x52],
  probe,
});

function probe(p: Probe): Verdict {
  const agreement = agreesWith(p.bytes, p.start, p.end, MAGIC);
  if (agreement !== MATCH) return agreement;
  if (p.end - p.start < 8) return UNSURE;
  const version = u32le(p.bytes, p.start + 4);
  return version >= 1 && version <= LAST_VERSION ? MATCH : NOT_MINE;
}
