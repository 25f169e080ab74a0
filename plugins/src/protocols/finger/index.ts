// Finger (RFC 1288). Owns: a question of one line on port 79 and an answer in text; reads who was asked for.
// The protocol has no word of its own: only its port is looked at, and both sides have to speak. Bound: 128 and 512 bytes.
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
import { asciiBytes, beginsWith, latin1Text } from '@kaipo/core/wire/match.js';
import {
  endsInCrLf,
  indexOfWord,
  isLineText,
  isUnfinishedLine,
  lineStop,
  lineTextEnd,
} from '@kaipo/core/wire/text-lines.js';

const MAX_QUESTION_BYTES = 128;
const MAX_ANSWER_BYTES = 512;
const WORDS = [
  'login:',
  'login name',
  'login    ',
  'no one logged on',
  'in real life',
  'plan:',
  'no plan',
  'no such user',
  'directory:',
].map(asciiBytes);
const WHOLE = asciiBytes('/W');

export const fingerPlugin = defineProtocol('Finger: who was asked for', {
  name: 'finger',
  transports: ['tcp'],
  ports: [79],
  isPortBound: true,
  probe,
  open: (flow) => new FingerReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (p.fromClient) return isQuestion(bytes, start, end) || isUnfinishedLine(bytes, start, end) ? UNSURE : NOT_MINE;
  if (p.otherLength === 0 || (p.otherLength < 32 && !isQuestion(p.otherBytes, 0, p.otherLength))) return NOT_MINE;
  if (!isLineText(bytes, start, end)) return NOT_MINE;
  const stop = Math.min(end, start + MAX_ANSWER_BYTES);
  for (const word of WORDS) if (indexOfWord(bytes, start, stop, word) >= 0) return MATCH;
  return stop === end ? UNSURE : NOT_MINE;
}

const isQuestion = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start <= MAX_QUESTION_BYTES &&
  endsInCrLf(bytes, start, end) &&
  isLineText(bytes, start, end) &&
  lineStop(bytes, start, end) === end;

class FingerReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (!fromClient) return SKIP_SIDE;
    const from = beginsWith(bytes, start, end, WHOLE) ? start + WHOLE.length : start;
    const who = latin1Text(bytes, from, lineTextEnd(bytes, from, end), MAX_QUESTION_BYTES).trim();
    if (who !== '') this.#flow.setDetails({ subject: who });
    return DONE;
  }
}
