// PlayStation remote play: SRCH, WAKEUP and LAUNCH lines, and the answer of the console.
// Owns: these lines. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, indexOfBytes } from '@kaipo/core/wire/match.js';

const LINES = ['SRCH * HTTP/1.1\n', 'SRCH * HTTP/1.1\r', 'WAKEUP * HTTP/1.1\n', 'LAUNCH * HTTP/1.1\n', 'SRC2\0'].map(
  asciiBytes,
);
const ANSWER = asciiBytes('HTTP/1.1 ');
const HOST_ID = asciiBytes('host-id:');

export const playstationPlugin = defineProtocol('PlayStation: finding and waking consoles', {
  name: 'playstation',
  transports: ['udp'],
  ports: [987, 9302, 9303],
  datagram: { values: [ANSWER, ...LINES].map((line) => line[0]!) },
  application: 'PlayStation',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  if (beginsWith(bytes, start, end, ANSWER))
    return indexOfBytes(bytes, start, Math.min(end, start + 128), HOST_ID) > 0 ? MATCH : NOT_MINE;
  for (let i = 0; i < LINES.length - 1; i++) if (beginsWith(bytes, start, end, LINES[i]!)) return MATCH;
  return NOT_MINE;
}
