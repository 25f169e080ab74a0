// SMPP (versions 3.3 to 5.0): short messages between centres and programs. Owns: the recognition, who binds. Bound: one message.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { indexOfByte, isText, latin1Text } from '@kaipo/core/wire/match.js';

const HEADER_BYTES = 16;
const MAX_LENGTH = 65_536;
const ANSWER = 0x8000_0000;
const LAST_STATUS = 0x0fff;
/** Bind receiver, query, submit, deliver, unbind, replace, cancel, bind transceiver, outbind, enquire link, submit multi, alert, data, broadcast … */
const COMMANDS = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0b, 0x15, 0x21, 0x102, 0x103, 0x111, 0x112, 0x113]);
const isBind = (command: number): boolean => command === 1 || command === 2 || command === 9 || command === 0x0b;

/** Length, command, status and number, of 32 bits each: only few values fit. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const there = end - start;
  if (there < HEADER_BYTES) return bytes[start] === 0 && (there < 2 || bytes[start + 1] === 0) ? UNSURE : NOT_MINE;
  const length = u32(bytes, start);
  const command = u32(bytes, start + 4);
  const status = u32(bytes, start + 8);
  const isAnswer = command >= ANSWER;
  if (length < HEADER_BYTES || length > MAX_LENGTH || !COMMANDS.has(command % ANSWER)) {
    return command === ANSWER && length === HEADER_BYTES && status > 0 && status <= LAST_STATUS ? UNSURE : NOT_MINE;
  }
  if (isAnswer ? status > LAST_STATUS : status !== 0) return NOT_MINE;
  if (u32(bytes, start + 12) === 0) return NOT_MINE;
  if (!isAnswer && isBind(command)) {
    if (length > there) return UNSURE;
    // All but the name may be empty; the last text ends with a zero.
    const isBody = bytes[start + length - 1] === 0 && isName(bytes, start, start + length);
    return isBody && isFollowed(p, start + length) ? MATCH : NOT_MINE;
  }
  if (isAnswer) return length > there ? UNSURE : isFollowed(p, start + length) ? MATCH : NOT_MINE;
  // A request without a bind: the connection began earlier; the other side answers it.
  const isAnswered =
    p.otherLength >= HEADER_BYTES && u32(p.otherBytes, 4) >= ANSWER && COMMANDS.has(u32(p.otherBytes, 4) % ANSWER);
  return isAnswered ? MATCH : UNSURE;
}

/** Is `at` the end, or does another message begin there? */
function isFollowed(p: Probe, at: number): boolean {
  if (at + 8 > p.end) return at === p.end || p.bytes[at] === 0;
  return u32(p.bytes, at) <= MAX_LENGTH && COMMANDS.has(u32(p.bytes, at + 4) % ANSWER);
}

/** The name of the system that binds: printable, at most 15 characters and a zero. */
function isName(bytes: Uint8Array, start: number, end: number): boolean {
  const zero = indexOfByte(bytes, start + HEADER_BYTES, Math.min(end, start + HEADER_BYTES + 16), 0);
  return zero > start + HEADER_BYTES + 1 && isText(bytes, start + HEADER_BYTES, zero);
}

class SmppReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < HEADER_BYTES) return 0;
    const stop = start + u32(bytes, start);
    if (stop > end) return 0;
    if (isBind(u32(bytes, start + 4)) && isName(bytes, start, stop)) {
      const zero = indexOfByte(bytes, start + HEADER_BYTES, stop, 0);
      this.#flow.setDetails({ userName: latin1Text(bytes, start + HEADER_BYTES, zero) });
    }
    return DONE;
  }
}

export const smppPlugin = defineProtocol('Short messages between programs and message centres (SMPP)', {
  name: 'smpp',
  transports: ['tcp'],
  ports: [2775, 3550],
  firstBytes: [0],
  probe,
  open: (flow) => new SmppReader(flow),
  bufferBytes: 65_536,
});
