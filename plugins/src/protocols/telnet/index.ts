// Telnet (RFC 854, 855). Owns: option negotiation of either side; on port 23 also the prompt of a host that negotiates nothing.
// What is read is `telnet-reader.ts`. Bound: the first options, or the first 2,048 bytes before a prompt.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';
import { agreesWithWord, isLineText } from '@kaipo/core/wire/text-lines.js';
import { TelnetReader } from './telnet-reader.js';

const IAC = 0xff;
const SB = 0xfa;
const WILL = 0xfb;
const DONT = 0xfe;
/** Options in use: 0 to 49, and those of multi-user games and of IANA's 138 to 140. */
const LAST_OPTION = 49;
const MAX_PROMPT_BYTES = 2_048;
const PROMPTS = ['login:', 'username:', 'password:', 'user name:'].map(asciiBytes);

export const telnetPlugin = defineProtocol('Telnet: option negotiation, login prompts, user', {
  name: 'telnet',
  transports: ['tcp'],
  ports: [23, 2323],
  firstBytes: [IAC],
  probe,
  open: (flow) => new TelnetReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] !== IAC) return !p.fromClient && hasPort(p, 23) ? promptVerdict(p) : NOT_MINE;
  let options = 0;
  let sum = 0;
  for (let at = start; options < 2; at += 3, options++) {
    if (at >= end) break;
    const verdict = optionVerdict(bytes, at, end);
    if (verdict === UNSURE) return UNSURE;
    if (verdict === NOT_MINE) {
      if (options === 0) return NOT_MINE;
      break;
    }
    // The same option twice is a pattern, not a negotiation.
    const option = (bytes[at + 1]! << 8) | bytes[at + 2]!;
    if (options === 1 && option === sum) return NOT_MINE;
    sum = option;
  }
  if (options >= 2) return MATCH;
  // One option alone is too little; the answer of the other side makes two.
  if (p.otherLength >= 3 && optionVerdict(p.otherBytes, 0, p.otherLength) === MATCH) return MATCH;
  return UNSURE;
}

/** IAC WILL|WONT|DO|DONT option, or IAC SB option. */
function optionVerdict(bytes: Uint8Array, at: number, end: number): Verdict {
  if (bytes[at] !== IAC) return NOT_MINE;
  if (at + 1 >= end) return UNSURE;
  const command = bytes[at + 1]!;
  if (command !== SB && (command < WILL || command > DONT)) return NOT_MINE;
  if (at + 2 >= end) return UNSURE;
  const option = bytes[at + 2]!;
  return option <= LAST_OPTION || (option >= 138 && option <= 140) || option === 86 || option === 201
    ? MATCH
    : NOT_MINE;
}

/** Text whose last word asks who is there. */
function promptVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start > MAX_PROMPT_BYTES || !isLineText(bytes, start, end)) return NOT_MINE;
  let stop = end;
  while (stop > start && bytes[stop - 1] === 0x20) stop--;
  for (const prompt of PROMPTS)
    if (stop - prompt.length >= start && agreesWithWord(bytes, stop - prompt.length, stop, prompt) === 2) return MATCH;
  return UNSURE;
}
