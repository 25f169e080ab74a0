// Kismet, the wireless detector: its old text protocol between server and clients. Owns: the greeting of a server. Bound: 9 bytes.
import { defineProtocol } from '@kaipo/core/api/index.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

const GREETING = asciiBytes('*KISMET: ');

export const kismetPlugin = defineProtocol('Kismet wireless detectors', {
  name: 'kismet',
  transports: ['tcp'],
  ports: [2501],
  firstBytes: [0x2a],
  probe: (p) => agreesWith(p.bytes, p.start, p.end, GREETING),
});
