// Music Player Daemon (mpd protocol). Owns: the greeting of the server. Bound: one line.
import { defineProtocol, GreetingLine } from '@kaipo/core/api/index.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

const GREETING = asciiBytes('OK MPD ');
const MAX_LINE_BYTES = 64;

export const mpdPlugin = defineProtocol('Music Player Daemon: version of the server', {
  name: 'mpd',
  transports: ['tcp'],
  ports: [6600],
  firstBytes: [0x4f],
  probe: (p) => agreesWith(p.bytes, p.start, p.end, GREETING),
  open: (flow) =>
    new GreetingLine(GREETING.length, MAX_LINE_BYTES, (version) =>
      flow.setDetails({ serverSoftware: `MPD ${version}` }),
    ),
});
