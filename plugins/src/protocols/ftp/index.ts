// FTP control connections (RFC 959, 2228, 2428, 4217). Owns: how FTP is told from SMTP, NNTP and POP3, which speak alike.
// What is read is `ftp-reader.ts`. Bound: the first line or two of either side.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, indexOfBytes } from '@kaipo/core/wire/match.js';
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
import { FtpReader } from './ftp-reader.js';

const FTP = asciiBytes('ftp');
const SMTP = asciiBytes('smtp');
const READY = asciiBytes('220');
const PASSIVE = asciiBytes('227 Entering Passive Mode (');
const EXTENDED_PASSIVE = asciiBytes('229 Entering Extended Passive Mode (');
const PASSWORD_REPLY = asciiBytes('\n331 ');
/** Said first, after a greeting 220. */
const OPENING = wordList('user', 'auth', 'feat', 'syst', 'host', 'opts', 'clnt', 'lang');
/** Said by nobody else, or on port 21. */
const COMMANDS = wordList(
  ...['user', 'pass', 'auth', 'feat', 'syst', 'opts', 'clnt', 'pasv', 'epsv', 'port', 'eprt', 'type', 'mode', 'stru'],
  ...['cwd', 'cdup', 'pwd', 'xpwd', 'list', 'nlst', 'retr', 'stor', 'stou', 'appe', 'rest', 'rnfr', 'rnto', 'dele'],
  ...['mkd', 'rmd', 'size', 'mdtm', 'mlsd', 'mlst', 'site', 'abor', 'noop', 'acct', 'allo', 'pbsz', 'prot', 'quit'],
);
const OWN_COMMANDS = wordList('pasv', 'epsv', 'eprt', 'port', 'cwd', 'syst', 'pbsz', 'mlsd', 'mdtm');

export const ftpPlugin = defineProtocol('FTP control connections: user, greeting, AUTH TLS', {
  name: 'ftp',
  transports: ['tcp'],
  ports: [21, 2121],
  firstBytes: [...asciiBytes('12345abcdefhlmnoprstuxABCDEFHLMNOPRSTUX')],
  probe,
  open: (flow) => new FtpReader(flow),
});

function probe(p: Probe): Verdict {
  const first = p.bytes[p.start]!;
  if (first >= 0x31 && first <= 0x35) return replyVerdict(p);
  return (first | 0x20) >= 0x61 && (first | 0x20) <= 0x7a ? commandVerdict(p) : NOT_MINE;
}

function replyVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (mayBecomeReply(bytes, start, end)) return UNSURE;
  const code = replyCodeAt(bytes, start, end);
  if (code < 0 || !isLineText(bytes, start, end)) return NOT_MINE;
  if (beginsWith(bytes, start, end, PASSIVE) || beginsWith(bytes, start, end, EXTENDED_PASSIVE)) return MATCH;
  const stop = lineStop(bytes, start, end);
  if (code === 220) {
    if (indexOfWord(bytes, start, stop, SMTP) >= 0) return NOT_MINE;
    if (indexOfWord(bytes, start, stop, FTP) >= 0 || indexOfBytes(bytes, start, end, PASSWORD_REPLY) >= 0) return MATCH;
    if (wordAt(p.otherBytes, 0, p.otherLength, OPENING) >= 0) return MATCH;
  }
  if (hasPort(p, 21) && isWholeReply(bytes, start, end)) return MATCH;
  return code === 220 && p.packets <= 3 ? UNSURE : NOT_MINE;
}

function commandVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (isUnfinishedLine(bytes, start, end)) return end - start < 64 ? UNSURE : NOT_MINE;
  if (!endsInCrLf(bytes, start, end) || !isLineText(bytes, start, end)) return NOT_MINE;
  const isAnswered = beginsWith(p.otherBytes, 0, p.otherLength, READY);
  if (isAnswered && wordAt(bytes, start, end, OPENING) >= 0) return MATCH;
  // Programs write commands in capitals; in small letters they could be any text.
  if (hasPort(p, 21) && bytes[start]! < 0x60) return wordAt(bytes, start, end, COMMANDS) >= 0 ? MATCH : NOT_MINE;
  if (p.otherLength > 0 && !isAnswered && replyCodeAt(p.otherBytes, 0, p.otherLength) < 0) return NOT_MINE;
  return anyOwnCommand(p) ? MATCH : wordAt(bytes, start, end, OPENING) >= 0 ? UNSURE : NOT_MINE;
}

/** Does one of the lines begin with a command that only FTP has, after one that opens a session? */
function anyOwnCommand(p: Probe): boolean {
  const { bytes, end } = p;
  if (wordAt(bytes, p.start, end, COMMANDS) < 0) return false;
  let lines = 0;
  for (let at = p.start; at >= 0 && at < end && lines < 8; at = lineStop(bytes, at, end), lines++)
    if (lines > 0 && wordAt(bytes, at, end, OWN_COMMANDS) >= 0) return true;
  return false;
}
