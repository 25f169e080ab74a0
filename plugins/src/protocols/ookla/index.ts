// Ookla: a client says HI, the server HELLO with its version; over TCP.
// Owns: these lines. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, isDigit, mayBegin } from '@kaipo/core/wire/match.js';

const HI = asciiBytes('HI');
const HELLO = asciiBytes('HELLO 2.');
const SPACE = 0x20;
const LF = 10;

export const ooklaPlugin = defineProtocol('Ookla Speedtest', {
  name: 'ookla',
  transports: ['tcp'],
  ports: [8080, 5060],
  firstBytes: [0x48],
  application: 'Ookla Speedtest',
  probe,
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (beginsWith(bytes, start, end, HELLO)) return isAnswer(p) ? MATCH : UNSURE;
  if (mayBegin(bytes, start, end, HELLO)) return UNSURE;
  if (!beginsWith(bytes, start, end, HI)) return NOT_MINE;
  const next = bytes[start + 2];
  // A client that waits is sure only with the server's answer.
  return end - start === 2 || next === SPACE || next === LF ? UNSURE : NOT_MINE;
}

/** "HELLO 2.7 (2.7.4) date" is enough by itself; else after HI. */
function isAnswer(p: Probe): boolean {
  const at = p.start + HELLO.length;
  if (p.end <= at + 3) return false;
  return (isDigit(p.bytes[at]) && p.bytes[at + 1] === SPACE && p.bytes[at + 2] === 0x28) || p.bytes[at + 1] === LF;
}
