// NNTP, Usenet (RFC 3977, 4642, 4643). Owns: greetings 200 and 201, the commands of readers and of servers among each other.
// What is read is `nntp-reader.ts`. Bound: the first line of either side.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';
import {
  endsInCrLf,
  indexOfWord,
  isLineText,
  isUnfinishedLine,
  isWholeReply,
  lineStop,
  mayBecomeReply,
  replyCodeAt,
  wordAt,
  wordList,
} from '@kaipo/core/wire/text-lines.js';
import { NntpReader } from './nntp-reader.js';

const SERVER_WORDS = ['nntp', 'usenet', 'posting', 'innd', 'nnrp', 'leafnode', 'news'].map(asciiBytes);
const SPACE = 32;
/** Nobody else says them. */
const OWN_COMMANDS = wordList(
  'mode reader',
  'mode stream',
  'authinfo',
  'newgroups',
  'xover',
  'ihave',
  'takethis',
  'listgroup',
  'xhdr',
);
const COMMANDS = wordList(
  ...[
    'group',
    'article',
    'head',
    'body',
    'stat',
    'list',
    'over',
    'next',
    'last',
    'newnews',
    'post',
    'capabilities',
    'date',
  ],
  ...['check', 'hdr', 'xpat', 'xzver', 'starttls', 'quit', 'help', 'slave'],
);

export const nntpPlugin = defineProtocol('NNTP, Usenet: greeting, user, STARTTLS', {
  name: 'nntp',
  transports: ['tcp'],
  ports: [119, 433],
  firstBytes: [...asciiBytes('2345mainxtlghbsodcpqMAINXTLGHBSODCPQ')],
  probe,
  open: (flow) => new NntpReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const first = bytes[start]!;
  if (first >= 0x32 && first <= 0x35) return replyVerdict(p);
  if (isUnfinishedLine(bytes, start, end)) return end - start < 64 ? UNSURE : NOT_MINE;
  if (!endsInCrLf(bytes, start, end) || !isLineText(bytes, start, end)) return NOT_MINE;
  if (wordAt(bytes, start, end, OWN_COMMANDS) >= 0) return MATCH;
  const code = replyCodeAt(p.otherBytes, 0, p.otherLength);
  const isGreeted = code === 200 || code === 201;
  // On its port too, words in small letters could be any text, but for a line that is short.
  const isLikely = isGreeted || (hasPort(p, 119) && (first < 0x60 || isShortLine(bytes, start, end)));
  return isLikely && wordAt(bytes, start, end, COMMANDS) >= 0 ? MATCH : NOT_MINE;
}

/** One line of a word or two. */
function isShortLine(bytes: Uint8Array, start: number, end: number): boolean {
  let spaces = 0;
  for (let at = start; at < end; at++) if (bytes[at] === SPACE) spaces += 1;
  return spaces <= 1 && lineStop(bytes, start, end) === end;
}

function replyVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (mayBecomeReply(bytes, start, end)) return UNSURE;
  const code = replyCodeAt(bytes, start, end);
  if (code < 0 || !isLineText(bytes, start, end)) return NOT_MINE;
  if (hasPort(p, 119) && isWholeReply(bytes, start, end)) return MATCH;
  if (code !== 200 && code !== 201) return NOT_MINE;
  const stop = lineStop(bytes, start, end);
  for (const word of SERVER_WORDS) if (indexOfWord(bytes, start, stop, word) >= 0) return MATCH;
  return p.packets <= 3 ? UNSURE : NOT_MINE;
}
