// Munin nodes. Owns: the greeting of a node; reads its name. Bound: one line.
import { defineProtocol, GreetingLine } from '@kaipo/core/api/index.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

const GREETING = asciiBytes('# munin node at ');
const MAX_LINE_BYTES = 512;

export const muninPlugin = defineProtocol('Munin nodes: name of the node', {
  name: 'munin',
  transports: ['tcp'],
  ports: [4949],
  firstBytes: [0x23],
  probe: (p) => agreesWith(p.bytes, p.start, p.end, GREETING),
  open: (flow) => new GreetingLine(GREETING.length, MAX_LINE_BYTES, (deviceName) => flow.setDetails({ deviceName })),
});
