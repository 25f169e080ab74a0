// NATS (docs.nats.io, "Client Protocol"). Owns: INFO, CONNECT and the messages that carry subjects. Bound: 4 KiB of JSON.
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
import { asciiBytes, beginsWith, decimalOf, indexOfByte, mayBegin, utf8Text } from '@kaipo/core/wire/match.js';

const INFO = asciiBytes('INFO {');
const CONNECT = asciiBytes('CONNECT {');
/** With the fewest words behind them: the last is a size, or the number of a subscription. */
const MESSAGES: readonly (readonly [word: Uint8Array, words: number, most: number])[] = [
  [asciiBytes('MSG '), 3, 4],
  [asciiBytes('HMSG '), 4, 5],
  [asciiBytes('PUB '), 2, 3],
  [asciiBytes('HPUB '), 3, 4],
  [asciiBytes('SUB '), 2, 3],
];
const SPACE = 0x20;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (beginsWith(bytes, start, end, INFO) || beginsWith(bytes, start, end, CONNECT)) return MATCH;
  if (mayBegin(bytes, start, end, INFO) || mayBegin(bytes, start, end, CONNECT)) return UNSURE;
  for (let i = 0; i < MESSAGES.length; i++) {
    const message = MESSAGES[i]!;
    if (beginsWith(bytes, start, end, message[0])) return line(p, start + message[0].length, message[1], message[2]);
    if (mayBegin(bytes, start, end, message[0])) return UNSURE;
  }
  return NOT_MINE;
}

/** Printable words, the last a number, CR LF; a subject of several tokens, so that no other text will do. */
function line(p: Probe, from: number, least: number, most: number): Verdict {
  const { bytes, end } = p;
  const stop = Math.min(end, from + 1024);
  let words = 1;
  let last = from;
  let hasDot = false;
  for (let at = from; at < stop; at++) {
    const byte = bytes[at]!;
    if (byte === 0x0d) {
      if (at + 1 >= end) return UNSURE;
      const isWhole = bytes[at + 1] === 0x0a && words >= least && words <= most && decimalOf(bytes, last, at) >= 0;
      return isWhole && hasDot ? MATCH : NOT_MINE;
    }
    if (byte < 0x20 || byte > 0x7e) return NOT_MINE;
    if (byte === 0x2e && words === 1) hasDot = true;
    if (byte === SPACE) {
      words += 1;
      last = at + 1;
    }
  }
  return stop === end ? UNSURE : NOT_MINE;
}

class NatsReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #sides = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    const lineEnd = indexOfByte(bytes, start, end, 0x0a);
    if (lineEnd < 0 && end - start < 4096) return 0;
    const text = utf8Text(bytes, start, lineEnd < 0 ? end : lineEnd, 4096);
    const value = (name: string): string | undefined => new RegExp(`"${name}" ?: ?"([^"]{1,128})"`).exec(text)?.[1];
    if (fromClient && text.startsWith('CONNECT')) {
      const user = value('user');
      const name = value('name');
      const software = value('lang');
      if (user !== undefined) this.#flow.setDetails({ userName: user });
      if (name !== undefined) this.#flow.setDetails({ subject: name });
      if (software !== undefined)
        this.#flow.setDetails({ clientSoftware: `nats.${software} ${value('version') ?? ''}`.trim() });
    }
    const version = fromClient ? undefined : value('version');
    if (version !== undefined) this.#flow.setDetails({ serverSoftware: `nats-server ${version}` });
    this.#sides += 1;
    return this.#sides === 2 ? DONE : SKIP_SIDE;
  }
}

export const natsPlugin = defineProtocol('NATS', {
  name: 'nats',
  transports: ['tcp'],
  ports: [4222, 6222],
  firstBytes: [...'ICMHPS'].map((letter) => letter.charCodeAt(0)),
  probe,
  open: (flow) => new NatsReader(flow),
});
