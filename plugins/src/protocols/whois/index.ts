// Whois (RFC 3912) and the domain availability check DAS. Owns: the one line a client says on port 43 or 4343; reads it.
// The protocol has no word of its own: only its ports are looked at. Bound: 256 bytes.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  SKIP_SIDE,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { isDigit, latin1Text, lower } from '@kaipo/core/wire/match.js';
import { endsInCrLf, isLineText, isUnfinishedLine, lineStop, lineTextEnd } from '@kaipo/core/wire/text-lines.js';

const MAX_QUERY_BYTES = 256;
const SPACE = 0x20;
const DOT = 0x2e;

export const whoisPlugin = defineProtocol('Whois and DAS: the name or number asked for', {
  name: 'whois',
  transports: ['tcp'],
  ports: [43, 4343],
  isPortBound: true,
  probe,
  open: (flow) => new WhoisReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (!p.fromClient) return answerVerdict(p);
  if (end - start > MAX_QUERY_BYTES) return NOT_MINE;
  if (isUnfinishedLine(bytes, start, end)) return UNSURE;
  if (!endsInCrLf(bytes, start, end) || !isLineText(bytes, start, end) || lineStop(bytes, start, end) !== end)
    return NOT_MINE;
  const stop = lineTextEnd(bytes, start, end);
  let word = stop;
  while (word > start && bytes[word - 1] !== SPACE) word--;
  return isDomain(bytes, word, stop) || isAddress(bytes, word, stop) || isAutonomousSystem(bytes, word, stop)
    ? MATCH
    : UNSURE;
}

/** Comments begin with % or #: where the question is something else, they decide. */
function answerVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const isComment = bytes[start] === 0x25 || bytes[start] === 0x23;
  if (!isComment || p.otherLength < 4 || !isLineText(p.otherBytes, 0, p.otherLength)) return NOT_MINE;
  if (p.otherLength >= 32 || !endsInCrLf(p.otherBytes, 0, p.otherLength)) return NOT_MINE;
  if (end - start > 1 && bytes[start + 1] !== SPACE && bytes[start + 1] !== bytes[start]) return NOT_MINE;
  if (!isLineText(bytes, start, end)) return NOT_MINE;
  return lineStop(bytes, start, end) > 0 ? MATCH : UNSURE;
}

/** Labels of letters, digits and dashes; the last of letters alone. */
function isDomain(bytes: Uint8Array, start: number, end: number): boolean {
  let labels = 1;
  let labelAt = start;
  let hasOtherThanLetters = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === DOT) {
      if (at - labelAt < 1) return false;
      labels++;
      labelAt = at + 1;
      hasOtherThanLetters = false;
    } else if (isDigit(byte) || byte === 0x2d) hasOtherThanLetters = true;
    else if (!isLetter(byte) && byte < 0xc2) return false;
  }
  return labels > 1 && end - labelAt >= 2 && !hasOtherThanLetters && labelAt - start > 2;
}

/** Four numbers, or at least two colons between hex digits; a length of a prefix may follow. */
function isAddress(bytes: Uint8Array, start: number, end: number): boolean {
  let dots = 0;
  let colons = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === DOT) dots++;
    else if (byte === 0x3a) colons++;
    else if (!isDigit(byte) && byte !== 0x2f && (lower(byte) < 0x61 || lower(byte) > 0x66)) return false;
    if (dots > 0 && isLetter(byte)) return false;
  }
  return end - start >= 7 && (dots === 3 || colons >= 2);
}

/** AS64500. */
function isAutonomousSystem(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4 || end - start > 12 || lower(bytes[start]!) !== 0x61 || lower(bytes[start + 1]!) !== 0x73)
    return false;
  for (let at = start + 2; at < end; at++) if (!isDigit(bytes[at])) return false;
  return true;
}

const isLetter = (byte: number): boolean => lower(byte) >= 0x61 && lower(byte) <= 0x7a;

class WhoisReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (!fromClient) return SKIP_SIDE;
    this.#flow.setDetails({ subject: latin1Text(bytes, start, lineTextEnd(bytes, start, end), MAX_QUERY_BYTES) });
    return DONE;
  }
}
