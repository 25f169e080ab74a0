// SMTP, submission and LMTP (RFC 5321, 2033, 3207). Owns: how it is told from the other protocols with reply codes.
// What is read is `smtp-reader.ts`. Bound: the first line or two of either side.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
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
import { SmtpReader } from './smtp-reader.js';

const SMTP = asciiBytes('smtp');
const FTP = asciiBytes('ftp');
const LMTP = asciiBytes('lmtp');
const HELLOS = wordList('ehlo', 'helo', 'lhlo');
const ENVELOPE = wordList('mail from:', 'rcpt to:');
const ENVELOPE_WORDS = wordList('mail', 'rcpt');
/** Where the capture began later, on a mail port. */
const COMMANDS = wordList(
  'starttls',
  'auth',
  'data',
  'rset',
  'vrfy',
  'bdat',
  'noop',
  'quit',
  'mail',
  'rcpt',
  'xclient',
);
const PORTS = [25, 587, 465, 2525, 26, 24];

export const smtpPlugin = defineProtocol('SMTP, submission and LMTP: greeting, user, STARTTLS', {
  name: 'smtp',
  transports: ['tcp'],
  ports: PORTS,
  firstBytes: [...asciiBytes('12345EHLMRehlmr')],
  probe,
  open: (flow) => new SmtpReader(flow),
});

function probe(p: Probe): Verdict {
  const first = p.bytes[p.start]!;
  return first >= 0x31 && first <= 0x35 ? replyVerdict(p) : commandVerdict(p);
}

function replyVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (mayBecomeReply(bytes, start, end)) return UNSURE;
  const code = replyCodeAt(bytes, start, end);
  if (code < 0 || !isLineText(bytes, start, end)) return NOT_MINE;
  const stop = lineStop(bytes, start, end);
  if (code === 220 || code === 554 || code === 421) {
    if (indexOfWord(bytes, start, stop, SMTP) >= 0 || indexOfWord(bytes, start, stop, LMTP) >= 0) return MATCH;
    if (wordAt(p.otherBytes, 0, p.otherLength, HELLOS) >= 0) return MATCH;
  }
  if (isMailPort(p) && isWholeReply(bytes, start, end)) return MATCH;
  return code === 220 && p.packets <= 3 && indexOfWord(bytes, start, stop, FTP) < 0 ? UNSURE : NOT_MINE;
}

function commandVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (isUnfinishedLine(bytes, start, end)) return mayBeCommand(p) ? UNSURE : NOT_MINE;
  if (!isLineText(bytes, start, end)) return NOT_MINE;
  if (wordAt(bytes, start, end, HELLOS) >= 0) return MATCH;
  for (const word of ENVELOPE)
    if (indexOfWord(bytes, start, Math.min(end, start + word.length), word) === start) return MATCH;
  if (!isMailPort(p) || !endsInCrLf(bytes, start, end)) return NOT_MINE;
  return wordAt(bytes, start, end, COMMANDS) >= 0 ? MATCH : NOT_MINE;
}

/** A line that has not ended yet: does it begin like a command, or could it? */
function mayBeCommand(p: Probe): boolean {
  const { bytes, start, end } = p;
  if (end - start < 5) return true;
  if (end - start < 10 || wordAt(bytes, start, end, HELLOS) >= 0 || wordAt(bytes, start, end, ENVELOPE_WORDS) >= 0)
    return true;
  return isMailPort(p) && wordAt(bytes, start, end, COMMANDS) >= 0;
}

const isMailPort = (p: Probe): boolean => PORTS.includes(p.serverPort) || PORTS.includes(p.clientPort);
