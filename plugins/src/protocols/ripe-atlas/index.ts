// Probes of the Internet that say so: "MGLNDD_address_port", known as Magellan, of RIPE Atlas. Owns: that word. Bound: 7 bytes.
import { defineProtocol } from '@kaipo/core/api/index.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

const WORD = asciiBytes('MGLNDD_');

export const ripeAtlasPlugin = defineProtocol('RIPE Atlas (Magellan) probes', {
  name: 'ripe-atlas',
  transports: ['udp', 'tcp'],
  firstBytes: [0x4d],
  probe: (p) => agreesWith(p.bytes, p.start, p.end, WORD),
});
