// XML over plain TCP, SOAP among it: a declaration and the first element. Owns: those two. XMPP, which begins the same way, is not
// meant here. Bound: the first LOOKED_AT bytes.
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
import { asciiBytes, beginsWith, indexOfBytes, mayBegin } from '@kaipo/core/wire/match.js';

const LOOKED_AT = 1_024;
const DECLARATION = asciiBytes('<?xml version=');
const DECLARATION_END = asciiBytes('?>');
const STREAM = asciiBytes('stream:stream');
const ENVELOPE = asciiBytes(':Envelope');
const LESS_THAN = 0x3c;

export const xmlPlugin = defineProtocol('XML and SOAP messages over plain TCP', {
  name: 'xml',
  transports: ['tcp'],
  firstBytes: [LESS_THAN],
  probe,
  open: (flow) => new XmlReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  const end = Math.min(p.end, start + LOOKED_AT);
  if (!mayBegin(bytes, start, end, DECLARATION)) return NOT_MINE;
  const element = firstElement(bytes, start, end);
  if (element < 0) return end - start === LOOKED_AT ? NOT_MINE : UNSURE;
  if (end - element <= STREAM.length) return UNSURE;
  if (beginsWith(bytes, element + 1, end, STREAM)) return NOT_MINE;
  const letter = bytes[element + 1]! | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || bytes[element + 1] === 0x21 || bytes[element + 1] === 0x5f
    ? MATCH
    : NOT_MINE;
}

/** Where "<" of the element after the declaration is, else -1. */
function firstElement(bytes: Uint8Array, start: number, end: number): number {
  const declarationEnd = indexOfBytes(bytes, start, end, DECLARATION_END);
  if (declarationEnd < 0) return -1;
  let at = declarationEnd + DECLARATION_END.length;
  while (at < end && bytes[at] !== LESS_THAN) at++;
  return at < end ? at : -1;
}

class XmlReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    if (indexOfBytes(bytes, start, Math.min(end, start + LOOKED_AT), ENVELOPE) >= 0) this.#flow.rename('soap');
    return DONE;
  }
}
