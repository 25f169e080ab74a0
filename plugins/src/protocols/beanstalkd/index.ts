// Beanstalkd work queues (beanstalkd/doc/protocol.txt). Owns: how commands and answers begin. Bound: one line.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, isDigit } from '@kaipo/core/wire/match.js';
import { isUnfinishedLine, lineStop } from '@kaipo/core/wire/text-lines.js';

const MAX_LINE_BYTES = 224;
const PUT = asciiBytes('put ');
/** Sure only with an answer. */
const COMMANDS = ['put ', 'use ', 'watch ', 'reserve', 'ignore ', 'delete ', 'release ', 'bury ', 'touch ', 'kick ', 'peek', 'stats', 'list-tube', 'pause-tube '].map(asciiBytes); // biome-ignore format: one list
const ANSWERS = ['INSERTED ', 'USING ', 'WATCHING ', 'RESERVED ', 'DELETED\r\n', 'RELEASED\r\n', 'BURIED', 'TOUCHED\r\n', 'KICKED', 'FOUND ', 'TIMED_OUT\r\n', 'DEADLINE_SOON\r\n', 'NOT_IGNORED\r\n', 'NOT_FOUND\r\n', 'OK '].map(asciiBytes); // biome-ignore format: one list

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const first = bytes[start]!;
  if (first >= 0x61 && first <= 0x7a) return command(p);
  if (!oneOf(ANSWERS, bytes, start, end)) return NOT_MINE;
  return oneOf(COMMANDS, p.otherBytes, 0, p.otherLength) ? MATCH : UNSURE;
}

function command(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (!oneOf(COMMANDS, bytes, start, end))
    return end - start < 11 && isUnfinishedLine(bytes, start, end) ? UNSURE : NOT_MINE;
  const stop = lineStop(bytes, start, Math.min(end, start + MAX_LINE_BYTES));
  if (stop < 0) return end - start < MAX_LINE_BYTES && isUnfinishedLine(bytes, start, end) ? UNSURE : NOT_MINE;
  if (stop - start < 6 || bytes[stop - 2] !== 0x0d) return NOT_MINE;
  if (beginsWith(bytes, start, end, PUT)) return isFourNumbers(bytes, start + PUT.length, stop - 2) ? MATCH : NOT_MINE;
  return oneOf(ANSWERS, p.otherBytes, 0, p.otherLength) ? MATCH : UNSURE;
}

/** put <priority> <delay> <time to run> <bytes> */
function isFourNumbers(bytes: Uint8Array, start: number, end: number): boolean {
  let numbers = 0;
  for (let at = start; at < end; at++) {
    if (isDigit(bytes[at])) {
      if (at === start || bytes[at - 1] === 0x20) numbers += 1;
    } else if (bytes[at] !== 0x20 || !isDigit(bytes[at + 1])) return false;
  }
  return numbers === 4;
}

function oneOf(words: readonly Uint8Array[], bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = 0; i < words.length; i++) if (beginsWith(bytes, start, end, words[i]!)) return true;
  return false;
}

export const beanstalkdPlugin = defineProtocol('Beanstalkd work queues', {
  name: 'beanstalkd',
  transports: ['tcp'],
  ports: [11_300],
  firstBytes: [...COMMANDS, ...ANSWERS].map((word) => word[0]!),
  probe,
});
