// LPD, the line printer daemon (RFC 1179). Owns: the command of one byte and the queue behind it, on port 515; reads the queue.
// The command alone is too little: a job has to follow, or the daemon's answer. Bound: two lines of 128 bytes.
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
import { indexOfByte, isDigit, isText, latin1Text } from '@kaipo/core/wire/match.js';
import { isLineText, lineStop } from '@kaipo/core/wire/text-lines.js';

const MAX_LINE_BYTES = 128;
const RECEIVE_JOB = 2;
const LAST_COMMAND = 5;
const CONTROL_FILE = 2;
const DATA_FILE = 3;
const SPACE = 0x20;

export const lpdPlugin = defineProtocol('LPD print jobs: the queue', {
  name: 'lpd',
  transports: ['tcp'],
  ports: [515],
  isPortBound: true,
  probe,
  open: (flow) => new LpdReader(flow),
});

function probe(p: Probe): Verdict {
  return p.fromClient ? commandVerdict(p) : answerVerdict(p);
}

function commandVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const command = bytes[start]!;
  if (command === 0 || command > LAST_COMMAND) return NOT_MINE;
  const stop = lineStop(bytes, start, Math.min(end, start + MAX_LINE_BYTES));
  if (!isText(bytes, start + 1, stop < 0 ? end : stop)) return NOT_MINE;
  if (stop < 0) return end - start < MAX_LINE_BYTES ? UNSURE : NOT_MINE;
  if (stop - start < 4) return NOT_MINE;
  if (stop === end) return UNSURE;
  return command === RECEIVE_JOB ? jobVerdict(bytes, stop, end) : NOT_MINE;
}

/** 02 or 03, the length of the file in digits, a space, its name: cfA001host or dfA001host. */
function jobVerdict(bytes: Uint8Array, start: number, end: number): Verdict {
  const kind = bytes[start];
  if (kind !== CONTROL_FILE && kind !== DATA_FILE) return NOT_MINE;
  let at = start + 1;
  while (at < end && isDigit(bytes[at])) at++;
  if (at + 3 >= end) return UNSURE;
  if (at === start + 1 || bytes[at] !== SPACE) return NOT_MINE;
  return bytes[at + 1] === (kind === CONTROL_FILE ? 0x63 : 0x64) && bytes[at + 2] === 0x66 ? MATCH : NOT_MINE;
}

/** One zero for "go on" behind a job's queue; text behind a question about a queue. */
function answerVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const command = p.otherBytes[0]!;
  if (p.otherLength < 4 || command === 0 || command > LAST_COMMAND) return NOT_MINE;
  const lineEnd = indexOfByte(p.otherBytes, 0, p.otherLength, 10);
  if (lineEnd < 3 || !isText(p.otherBytes, 1, lineEnd)) return NOT_MINE;
  if (command === RECEIVE_JOB)
    return bytes[start] === 0 && end - start === 1 && lineEnd === p.otherLength - 1 ? MATCH : NOT_MINE;
  return (command === 3 || command === 4) && end - start > 15 && isLineText(bytes, start, end) ? MATCH : NOT_MINE;
}

class LpdReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (!fromClient) return SKIP_SIDE;
    const stop = lineStop(bytes, start, end);
    if (stop < 0) return 0;
    const queue = latin1Text(bytes, start + 1, stop - 1).split(' ')[0]!;
    if (queue !== '') this.#flow.setDetails({ subject: queue });
    return DONE;
  }
}
