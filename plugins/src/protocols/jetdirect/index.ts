// Raw printing (JetDirect, port 9100): the Printer Job Language anywhere, PostScript and the info lines of PJL on its port.
// Owns: what jobs begin with. Bound: the first 16 bytes of either side.
import { defineProtocol, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

/** "Universal exit language", which every PJL job begins with. */
const EXIT = asciiBytes('\x1b%-12345X');
const PJL = asciiBytes('@PJL ');
const POSTSCRIPT = asciiBytes('%!PS-Adobe');

export const jetDirectPlugin = defineProtocol('Raw printing: PJL and PostScript jobs', {
  name: 'jetdirect',
  transports: ['tcp'],
  ports: [9100, 9101, 9102],
  firstBytes: [0x1b, 0x40, 0x25],
  probe,
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const job = Math.max(agreesWith(bytes, start, end, EXIT), agreesWith(bytes, start, end, PJL)) as Verdict;
  if (job !== NOT_MINE || !hasPort(p, 9_100)) return job;
  return agreesWith(bytes, start, end, POSTSCRIPT);
}
