// IMAP (RFC 9051, 3501). Owns: the greeting of a server, tagged commands of a client. What is read is `imap-reader.ts`.
// Bound: the first line of either side.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfByte, isDigit, lower } from '@kaipo/core/wire/match.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';
import {
  agreesWithWord,
  endsInCrLf,
  isLineText,
  isUnfinishedLine,
  wordAt,
  wordList,
} from '@kaipo/core/wire/text-lines.js';
import { ImapReader } from './imap-reader.js';

const SPACE = 32;
const MAX_TAG_BYTES = 20;
const UNTAGGED = wordList('ok', 'preauth', 'bye', 'capability imap4rev1', 'capability imap4rev2', 'capability imap4');
const NUMBERED = wordList('exists', 'recent', 'expunge', 'fetch');
/** Nobody else has them; `login` and the rest are others' words too. */
const OWN_COMMANDS = wordList('capability', 'authenticate', 'starttls', 'examine', 'namespace', 'uid fetch', 'id nil');
const COMMANDS = wordList(
  ...[
    'login',
    'select',
    'list',
    'lsub',
    'fetch',
    'uid',
    'search',
    'store',
    'append',
    'status',
    'noop',
    'idle',
    'logout',
  ],
  ...['enable', 'check', 'close', 'expunge', 'create', 'delete', 'rename', 'subscribe', 'getquotaroot'],
);
const ANSWERS = wordList('ok', 'no', 'bad');
/** Of extensions: sure enough where a server has answered. */
const OTHER_COMMANDS = wordList(
  'id',
  'xlist',
  'unselect',
  'unsubscribe',
  'move',
  'copy',
  'thread',
  'sort',
  'getquota',
  'compress',
);
const STAR = 0x2a;
const ID_FIELDS = asciiBytes('id ("');

export const imapPlugin = defineProtocol('IMAP: greeting, user, program names, STARTTLS', {
  name: 'imap',
  transports: ['tcp'],
  ports: [143, 220],
  firstBytes: [...asciiBytes('*0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ')],
  probe,
  open: (flow) => new ImapReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] === STAR) return untaggedVerdict(p);
  if (isUnfinishedLine(bytes, start, end)) return mayBeTag(bytes, start, end) ? UNSURE : NOT_MINE;
  if (!endsInCrLf(bytes, start, end) || !isLineText(bytes, start, end)) return NOT_MINE;
  const space = indexOfByte(bytes, start, Math.min(end, start + MAX_TAG_BYTES), SPACE);
  if (space <= start || !mayBeTag(bytes, start, space)) return NOT_MINE;
  const command = space + 1;
  if (!p.fromClient) return isAnswer(p, space) && wordAt(bytes, command, end, ANSWERS) >= 0 ? MATCH : NOT_MINE;
  if (wordAt(bytes, command, end, OWN_COMMANDS) >= 0 || agreesWithWord(bytes, command, end, ID_FIELDS) === 2)
    return MATCH;
  // Without a greeting the tag has to be a number or so, and the command in capitals: else it could be any text.
  const isLikely =
    (p.otherLength > 0 && p.otherBytes[0] === STAR) ||
    (hasPort(p, 143) && command < end && bytes[command]! < 0x60 && hasDigit(bytes, start, space));
  return isLikely && wordAt(bytes, command, end, COMMANDS) >= 0 ? MATCH : NOT_MINE;
}

function hasDigit(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (isDigit(bytes[at])) return true;
  return false;
}

/** Is the tag that ends at `space` the one the other side has begun a command with? */
function isAnswer(p: Probe, space: number): boolean {
  const length = space - p.start;
  if (p.otherLength <= length || p.otherBytes[length] !== SPACE) return false;
  for (let i = 0; i < length; i++) if (p.otherBytes[i] !== p.bytes[p.start + i]) return false;
  const isCommand = (words: readonly Uint8Array[]): boolean =>
    wordAt(p.otherBytes, length + 1, p.otherLength, words) >= 0;
  return isCommand(COMMANDS) || isCommand(OWN_COMMANDS) || isCommand(OTHER_COMMANDS);
}

/** "* OK ready", "* CAPABILITY IMAP4rev1", "* 12 EXISTS". */
function untaggedVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 3) return end - start === 1 || bytes[start + 1] === SPACE ? UNSURE : NOT_MINE;
  if (bytes[start + 1] !== SPACE || p.fromClient) return NOT_MINE;
  if (isUnfinishedLine(bytes, start, end)) return UNSURE;
  if (!isLineText(bytes, start, end)) return NOT_MINE;
  if (wordAt(bytes, start + 2, end, UNTAGGED) >= 0) return MATCH;
  let at = start + 2;
  while (at < end && isDigit(bytes[at])) at++;
  return at > start + 2 && bytes[at] === SPACE && wordAt(bytes, at + 1, end, NUMBERED) >= 0 ? MATCH : NOT_MINE;
}

/** Letters and digits, a dot between: what clients use as tags. The line behind a space does not matter here. */
function mayBeTag(bytes: Uint8Array, start: number, end: number): boolean {
  const stop = Math.min(end, start + MAX_TAG_BYTES);
  for (let at = start; at < stop; at++) {
    const byte = bytes[at]!;
    if (byte === SPACE) return at > start;
    const letter = lower(byte);
    if (!isDigit(byte) && (letter < 0x61 || letter > 0x7a) && byte !== 0x2e) return false;
  }
  return end - start < MAX_TAG_BYTES;
}
