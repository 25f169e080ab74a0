// IRC (RFC 1459, 2812, IRCv3). Owns: how clients register, how servers begin their lines. What is read is `irc-reader.ts`.
// Bound: the first lines of either side.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfByte, isDigit } from '@kaipo/core/wire/match.js';
import {
  agreesWithWord,
  isLineText,
  isUnfinishedLine,
  lineStop,
  lineTextEnd,
  wordAt,
  wordList,
} from '@kaipo/core/wire/text-lines.js';
import { IrcReader } from './irc-reader.js';

const COLON = 0x3a;
const SPACE = 32;
/** 40 bits and an argument; `pass` and `user` are words of FTP and POP3 too. */
const OPENING = wordList('nick', 'cap ls', 'cap req', 'cap end', 'webirc', 'join #', 'privmsg');
const SECOND = wordList('nick', 'cap');
const PASS = wordList('pass');
const USER = wordList('user');
const SERVER_WORDS = wordList(
  'notice',
  'privmsg',
  'cap',
  'mode',
  'join',
  'quit',
  'nick',
  'part',
  'kick',
  'topic',
  'pong',
);
const UNPREFIXED = ['notice auth :', 'notice * :', 'error :closing link', 'ping :'].map(asciiBytes);

export const ircPlugin = defineProtocol('IRC: nick name, server software', {
  name: 'irc',
  transports: ['tcp'],
  ports: [6667, 6666, 6668, 6669, 6660, 6661, 6662, 6663, 6664, 6665, 7000, 194],
  firstBytes: [...asciiBytes(':ncwjpueNCWJPUE@')],
  probe,
  open: (flow) => new IrcReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (!isLineText(bytes, start, Math.min(end, start + 1_024))) return NOT_MINE;
  if (isUnfinishedLine(bytes, start, end)) return end - start < 512 ? UNSURE : NOT_MINE;
  const stop = lineStop(bytes, start, end);
  if (stop < 0) return NOT_MINE;
  const textEnd = lineTextEnd(bytes, start, stop);
  if (bytes[start] === COLON) return prefixedVerdict(bytes, start, textEnd);
  if (anyOf(bytes, start, textEnd)) return MATCH;
  const isUser = wordAt(bytes, start, textEnd, USER) >= 0;
  if (isUser && isUserLine(bytes, start, textEnd)) return MATCH;
  // FTP and POP3 have these words too: what follows decides.
  if (!isUser && wordAt(bytes, start, textEnd, PASS) < 0) return NOT_MINE;
  if (stop >= end || isUnfinishedLine(bytes, stop, end)) return UNSURE;
  return wordAt(bytes, stop, end, SECOND) >= 0 ? MATCH : NOT_MINE;
}

/** ":irc.example.net 001 nick :Welcome", ":nick!user@host PRIVMSG #here :hello". */
function prefixedVerdict(bytes: Uint8Array, start: number, end: number): Verdict {
  const space = indexOfByte(bytes, start, end, SPACE);
  if (space < start + 3) return NOT_MINE;
  if (wordAt(bytes, space + 1, end, SERVER_WORDS) >= 0)
    return indexOfByte(bytes, space + 3, end, SPACE) > 0 ? MATCH : NOT_MINE;
  const isNumeric = isDigit(bytes[space + 1]) && isDigit(bytes[space + 2]) && isDigit(bytes[space + 3]);
  return isNumeric && bytes[space + 4] === SPACE && space + 6 < end ? MATCH : NOT_MINE;
}

function anyOf(bytes: Uint8Array, start: number, end: number): boolean {
  for (const words of UNPREFIXED) if (agreesWithWord(bytes, start, end, words) === 2) return true;
  const which = wordAt(bytes, start, end, OPENING);
  // "join #" is a beginning: a name follows without a space.
  if (which >= 0) return true;
  return agreesWithWord(bytes, start, end, JOIN) === 2;
}

const JOIN = asciiBytes('join #');

/** USER name mode unused :real name. */
function isUserLine(bytes: Uint8Array, start: number, end: number): boolean {
  let spaces = 0;
  for (let at = start; at < end && spaces < 4; at++) if (bytes[at] === SPACE && bytes[at + 1] !== SPACE) spaces++;
  return spaces === 4;
}
