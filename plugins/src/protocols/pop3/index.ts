// POP3 (RFC 1939, 2449, 2595). Owns: +OK and -ERR of a server, commands of a client. What is read is `pop3-reader.ts`.
// Bound: the first line of either side. Redis says +OK as well: away from port 110 both sides have to speak POP3.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith } from '@kaipo/core/wire/match.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';
import {
  agreesWith,
  endsInCrLf,
  indexOfWord,
  isLineText,
  isUnfinishedLine,
  lineStop,
  wordAt,
  wordList,
} from '@kaipo/core/wire/text-lines.js';
import { Pop3Reader } from './pop3-reader.js';

const OK = asciiBytes('+OK');
const ERROR = asciiBytes('-ERR');
const POP = asciiBytes('pop');
const OPENING = wordList('user', 'apop', 'capa', 'stls', 'auth');
const COMMANDS = wordList(
  'user',
  'apop',
  'capa',
  'stls',
  'auth',
  'stat',
  'list',
  'uidl',
  'retr',
  'top',
  'dele',
  'pass',
  'noop',
  'quit',
  'rset',
);

const MAX_GREETING_BYTES = 1_024;

export const pop3Plugin = defineProtocol('POP3: greeting, user, STLS', {
  name: 'pop3',
  transports: ['tcp'],
  ports: [110],
  firstBytes: [...asciiBytes('+-uacslrtdpnqUACSLRTDPNQ')],
  probe,
  open: (flow) => new Pop3Reader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const first = bytes[start]!;
  if (first === OK[0] || first === ERROR[0]) return replyVerdict(p);
  if (isUnfinishedLine(bytes, start, end)) return end - start < 64 ? UNSURE : NOT_MINE;
  if (!endsInCrLf(bytes, start, end) || !isLineText(bytes, start, end)) return NOT_MINE;
  if (beginsWith(p.otherBytes, 0, p.otherLength, OK)) return wordAt(bytes, start, end, OPENING) >= 0 ? MATCH : NOT_MINE;
  return hasPort(p, 110) && wordAt(bytes, start, end, COMMANDS) >= 0 ? MATCH : NOT_MINE;
}

function replyVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const agreement = Math.max(agreesWith(bytes, start, end, OK), agreesWith(bytes, start, end, ERROR)) as Verdict;
  if (agreement !== MATCH) return agreement;
  if (isUnfinishedLine(bytes, start, end)) return UNSURE;
  // A greeting and its line end, and little more.
  if (end - start > MAX_GREETING_BYTES && lineStop(bytes, start, start + MAX_GREETING_BYTES) < 0) return NOT_MINE;
  if (!isLineText(bytes, start, Math.min(end, start + MAX_GREETING_BYTES))) return NOT_MINE;
  if (hasPort(p, 110) && endsInCrLf(bytes, start, end)) return MATCH;
  // A server greets before it is asked; behind an answer of Redis there is a question.
  if (p.fromClient || !p.fromStart) return NOT_MINE;
  if (p.otherLength > 0) return wordAt(p.otherBytes, 0, p.otherLength, OPENING) >= 0 ? MATCH : NOT_MINE;
  if (indexOfWord(bytes, start, Math.min(end, start + MAX_GREETING_BYTES), POP) >= 0) return MATCH;
  return end - start > MAX_GREETING_BYTES ? NOT_MINE : UNSURE;
}
