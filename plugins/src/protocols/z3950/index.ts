// Z39.50, the search of libraries' catalogues (ISO 23950). Owns: the initialisation, other messages on its port; reads the programs.
// Messages are BER with tags 20 to 36 of the context. Bound: one message of 4,096 bytes, 24 elements.
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
import { berContentAt, berEnd } from '@kaipo/core/wire/ber.js';
import { isText, latin1Text } from '@kaipo/core/wire/match.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';

const INIT_REQUEST = 0xb4;
const INIT_ANSWER = 0xb5;
const LAST_MESSAGE = 0xbe;
const REFERENCE = 0x82;
const VERSION = 0x83;
const OPTIONS = 0x84;
const MAX_BYTES = 4_096;
const MAX_ELEMENTS = 24;
const MIN_ELEMENTS = 3;
const PORT = 210;

export const z3950Plugin = defineProtocol('Z39.50: programs of both sides', {
  name: 'z3950',
  transports: ['tcp'],
  ports: [PORT, 7090, 9999],
  firstBytes: [INIT_REQUEST, INIT_ANSWER, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, LAST_MESSAGE],
  probe,
  open: (flow) => new Z3950Reader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const tag = bytes[start]!;
  if (tag < INIT_REQUEST || tag > LAST_MESSAGE) return NOT_MINE;
  if (end - start < 6) return UNSURE;
  const content = berContentAt(bytes, start, end);
  const stop = berEnd(bytes, start, end);
  if (content < 0 || stop - start > MAX_BYTES || stop - content < 6) return NOT_MINE;
  if (stop > end) return UNSURE;
  if (tag <= INIT_ANSWER) return initVerdict(bytes, content, stop);
  return hasPort(p, PORT) && stop === end ? elementsVerdict(bytes, content, stop) : NOT_MINE;
}

/** An optional reference, then the version and the options as strings of bits: 83 02 05 e0 84 .. */
function initVerdict(bytes: Uint8Array, content: number, stop: number): Verdict {
  let at = content;
  if (bytes[at] === REFERENCE) at = berEnd(bytes, at, stop);
  if (
    at < 0 ||
    at + 6 > stop ||
    bytes[at] !== VERSION ||
    bytes[at + 1]! < 2 ||
    bytes[at + 1]! > 3 ||
    bytes[at + 2]! > 7
  )
    return NOT_MINE;
  at = berEnd(bytes, at, stop);
  return at > 0 && at < stop && bytes[at] === OPTIONS ? MATCH : NOT_MINE;
}

/** Elements of the context that fill the message to its end. */
function elementsVerdict(bytes: Uint8Array, content: number, stop: number): Verdict {
  let at = content;
  let count = 0;
  for (; count < MAX_ELEMENTS && at > 0 && at < stop; count++) {
    if (bytes[at]! < 0x80) return NOT_MINE;
    at = elementEnd(bytes, at, stop);
  }
  return at === stop && count >= MIN_ELEMENTS ? MATCH : NOT_MINE;
}

/** As `berEnd`, with tags of two bytes: 9f 6e and the like. */
const elementEnd = (bytes: Uint8Array, at: number, stop: number): number =>
  (bytes[at]! & 0x1f) === 0x1f
    ? at + 2 < stop && bytes[at + 2]! < 0x80
      ? at + 3 + bytes[at + 2]!
      : -1
    : berEnd(bytes, at, stop);

class Z3950Reader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #sides = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    const content = berContentAt(bytes, start, end);
    const stop = berEnd(bytes, start, end);
    if (end - start < MAX_BYTES && (end - start < 6 || stop > end)) return 0;
    // Implementation name: tag 111.
    let at = content;
    for (let i = 0; i < MAX_ELEMENTS && at > 0 && at + 3 < stop && stop <= end; i++) {
      const next = elementEnd(bytes, at, stop);
      if (
        bytes[at] === 0x9f &&
        bytes[at + 1] === 0x6f &&
        next > at + 3 &&
        next <= stop &&
        isText(bytes, at + 3, next)
      ) {
        const name = latin1Text(bytes, at + 3, next);
        this.#flow.setDetails(fromClient ? { clientSoftware: name } : { serverSoftware: name });
        break;
      }
      at = next;
    }
    return ++this.#sides === 2 ? DONE : SKIP_SIDE;
  }
}
