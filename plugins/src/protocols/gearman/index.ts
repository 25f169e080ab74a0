// Gearman (gearman.org/protocol). Owns: the binary header of requests and answers, the text lines of administrators.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, isText } from '@kaipo/core/wire/match.js';

const REQUEST = 0x00524551;
const ANSWER = 0x00524553;
const PORT = 4730;
const MAX_TYPE = 42;
/** Common words: only with the answer, a list that ends with a dot of its own or, of versions, "OK 1.1.19". */
const LISTS = ['status', 'workers', 'show jobs', 'show unique jobs'].map(asciiBytes);
const LONGEST_COMMAND = 18;
const VERSION = asciiBytes('version');
const VERSION_ANSWER = asciiBytes('OK ');
const LF = 10;
const CR = 13;
const DOT = 0x2e;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] !== 0) return p.serverPort === PORT || p.clientPort === PORT ? text(p) : NOT_MINE;
  if (end - start < 12)
    return end - start < 4 || u32(bytes, start) === REQUEST || u32(bytes, start) === ANSWER ? UNSURE : NOT_MINE;
  const magic = u32(bytes, start);
  const type = u32(bytes, start + 4);
  return (magic === REQUEST || magic === ANSWER) && type >= 1 && type <= MAX_TYPE ? MATCH : NOT_MINE;
}

function text(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (p.otherLength === 0) return end - start <= LONGEST_COMMAND && isText(bytes, start, end) ? UNSURE : NOT_MINE;
  if (beginsWith(p.otherBytes, 0, p.otherLength, VERSION))
    return beginsWith(bytes, start, end, VERSION_ANSWER) && bytes[end - 1] === LF && isText(bytes, start, end)
      ? MATCH
      : NOT_MINE;
  if (!isList(p.otherBytes, p.otherLength)) return NOT_MINE;
  const isWhole = bytes[end - 1] === LF && bytes[end - 2] === DOT && (end - start === 2 || bytes[end - 3] === LF);
  if (!isText(bytes, start, end)) return NOT_MINE;
  return isWhole ? MATCH : UNSURE;
}

function isList(bytes: Uint8Array, end: number): boolean {
  for (let i = 0; i < LISTS.length; i++)
    if (beginsWith(bytes, 0, end, LISTS[i]!)) return bytes[LISTS[i]!.length] === LF || bytes[LISTS[i]!.length] === CR;
  return false;
}

export const gearmanPlugin = defineProtocol('Gearman', {
  name: 'gearman',
  transports: ['tcp'],
  ports: [PORT],
  // A letter of the magic number, or of text.
  stream: { at: 1, values: [9, 10, 13, ...Array.from({ length: 0x5f }, (_, i) => 0x20 + i)], fromBytes: 4 },
  probe,
});
