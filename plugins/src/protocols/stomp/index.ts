// STOMP 1.0 to 1.2 (stomp.github.io). Owns: the first line and the first header of a frame. Bound: 2 KiB of a frame.
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
import { asciiBytes, beginsWith, indexOfByte, latin1Text, mayBegin, utf8Text } from '@kaipo/core/wire/match.js';

const COMMANDS = ['CONNECT', 'STOMP', 'CONNECTED', 'SEND', 'SUBSCRIBE', 'UNSUBSCRIBE', 'MESSAGE', 'RECEIPT', 'ERROR', 'ACK', 'NACK', 'BEGIN', 'COMMIT', 'ABORT', 'DISCONNECT'].map((word) => asciiBytes(`${word}\n`)); // biome-ignore format: one list
const COMMANDS_CR = COMMANDS.map((word) => Uint8Array.of(...word.subarray(0, -1), 13, 10));
/** One of these comes first or second in every frame. */
const HEADERS = ['accept-version:', 'host:', 'login:', 'passcode:', 'heart-beat:', 'version:', 'session:', 'server:', 'destination:', 'message-id:', 'receipt-id:', 'receipt:', 'subscription:', 'transaction:', 'message:', 'content-length:', 'content-type:', 'ack:', 'id:', 'client-id:'].map(asciiBytes); // biome-ignore format: one list

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  let mayBe = false;
  for (let i = 0; i < COMMANDS.length; i++) {
    const isLf = beginsWith(bytes, start, end, COMMANDS[i]!);
    if (isLf || beginsWith(bytes, start, end, COMMANDS_CR[i]!))
      return header(p, start + (isLf ? COMMANDS[i]! : COMMANDS_CR[i]!).length);
    mayBe ||= mayBegin(bytes, start, end, COMMANDS[i]!) || mayBegin(bytes, start, end, COMMANDS_CR[i]!);
  }
  return mayBe ? UNSURE : NOT_MINE;
}

function header(p: Probe, at: number): Verdict {
  if (at >= p.end) return UNSURE;
  let mayBe = false;
  for (let i = 0; i < HEADERS.length; i++) {
    if (beginsWith(p.bytes, at, p.end, HEADERS[i]!)) return MATCH;
    mayBe ||= mayBegin(p.bytes, at, p.end, HEADERS[i]!);
  }
  return mayBe ? UNSURE : NOT_MINE;
}

class StompReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #sides = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    const zero = indexOfByte(bytes, start, end, 0);
    if (zero < 0 && end - start < 2048) return 0;
    for (const line of latin1Text(bytes, start, zero < 0 ? end : zero, 2048)
      .split(/\r?\n/)
      .slice(1)) {
      const colon = line.indexOf(':');
      if (colon < 0) break;
      this.#header(
        line.slice(0, colon),
        utf8Text(asciiBytes(line.slice(colon + 1)), 0, line.length - colon - 1, 128),
        fromClient,
      );
    }
    this.#sides += 1;
    return this.#sides >= 4 || zero < 0 ? DONE : zero + 1 - start;
  }

  #header(name: string, value: string, fromClient: boolean): void {
    if (value === '') return;
    if (fromClient && name === 'login') this.#flow.setDetails({ userName: value });
    if (fromClient && name === 'host') this.#flow.setDetails({ subject: value });
    if (!fromClient && name === 'server') this.#flow.setDetails({ serverSoftware: value });
  }
}

export const stompPlugin = defineProtocol('STOMP', {
  name: 'stomp',
  transports: ['tcp'],
  ports: [61_613],
  firstBytes: [...'CSUMREANBD'].map((letter) => letter.charCodeAt(0)),
  probe,
  open: (flow) => new StompReader(flow),
});
