// VTun tunnels: the greeting of the server. Owns: the recognition.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, mayBegin } from '@kaipo/core/wire/match.js';

const GREETING = asciiBytes('VTUN server ver ');

function probe(p: Probe): Verdict {
  if (!mayBegin(p.bytes, p.start, p.end, GREETING)) return NOT_MINE;
  return beginsWith(p.bytes, p.start, p.end, GREETING) ? MATCH : UNSURE;
}

export const vtunPlugin = defineProtocol('VTun tunnels', {
  name: 'vtun',
  transports: ['tcp', 'udp'],
  ports: [5000],
  firstBytes: [0x56],
  probe,
});
