// A protocol to start from: a line protocol whose client says HELLO and its name, whose server answers WELCOME or SORRY.
// Copy this folder, rename, replace. Owns: what this protocol looks like. Bound: one line of at most 256 bytes is kept.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  UNSURE,
} from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, indexOfByte, latin1Text, mayBegin } from '@kaipo/core/wire/match.js';

const HELLO = asciiBytes('HELLO ');
const WELCOME = asciiBytes('WELCOME\r\n');
const LF = 10;

export const helloPlugin = defineProtocol('Greetings: HELLO, and who says it', {
  name: 'hello',
  transports: ['tcp'],
  ports: [7777],
  firstBytes: [HELLO[0]!, WELCOME[0]!],
  bufferBytes: 256,
  probe(p: Probe) {
    // By the bytes, not by the side: who opened a connection is not known when its SYN was not captured.
    const word = p.bytes[p.start] === HELLO[0] ? HELLO : WELCOME;
    if (beginsWith(p.bytes, p.start, p.end, word)) return MATCH;
    return mayBegin(p.bytes, p.start, p.end, word) ? UNSURE : NOT_MINE;
  },
  open: (flow) => new HelloReader(flow),
});

class HelloReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start] !== HELLO[0]) return end - start;
    const lineEnd = indexOfByte(bytes, start, end, LF);
    if (lineEnd < 0) return 0;
    this.#flow.setDetails({ userName: latin1Text(bytes, start + HELLO.length, lineEnd).trim() });
    return DONE;
  }
}
