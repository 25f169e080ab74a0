// Ident (RFC 1413): whose connection is this? Owns: the question of two ports on port 113 and its answer; reads the user.
// Only its port is looked at. Bound: one line of 128 bytes a side.
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
import { asciiBytes, indexOfByte, isDigit, latin1Text } from '@kaipo/core/wire/match.js';
import { indexOfWord, lineStop, lineTextEnd } from '@kaipo/core/wire/text-lines.js';

const MAX_LINE_BYTES = 128;
const MAX_DIGITS = 5;
const COMMA = 0x2c;
const COLON = 0x3a;
const USER_ID = asciiBytes('userid');

export const identPlugin = defineProtocol('Ident: the user who is named', {
  name: 'ident',
  transports: ['tcp'],
  ports: [113],
  isPortBound: true,
  probe,
  open: (flow) => new IdentReader(flow),
});

/** "6193, 23" and, of a server, " : USERID : UNIX : name" behind it. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  let at = skipNumber(bytes, start, end);
  if (at === start) return NOT_MINE;
  at = skipSpaces(bytes, at, end);
  if (at >= end) return end - start < 12 ? UNSURE : NOT_MINE;
  if (bytes[at] !== COMMA) return NOT_MINE;
  const second = skipSpaces(bytes, at + 1, end);
  at = skipSpaces(bytes, skipNumber(bytes, second, end), end);
  if (at >= end) return end - start < 24 ? UNSURE : NOT_MINE;
  if (at === second) return NOT_MINE;
  if (!p.fromClient) return bytes[at] === COLON ? MATCH : NOT_MINE;
  if (bytes[at] === 13) at++;
  if (at >= end) return UNSURE;
  return bytes[at] === 10 && at + 1 === end ? MATCH : NOT_MINE;
}

function skipNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && at < start + MAX_DIGITS && isDigit(bytes[at])) at++;
  return at;
}

function skipSpaces(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === 0x20) at++;
  return at;
}

class IdentReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (fromClient) return SKIP_SIDE;
    const stop = lineStop(bytes, start, end);
    if (stop < 0) return end - start > MAX_LINE_BYTES ? DONE : 0;
    const kind = indexOfWord(bytes, start, stop, USER_ID);
    const systemAt = kind < 0 ? -1 : indexOfByte(bytes, kind, stop, COLON);
    const colon = systemAt < 0 ? -1 : indexOfByte(bytes, systemAt + 1, stop, COLON);
    if (colon > 0) {
      const userName = latin1Text(bytes, colon + 1, lineTextEnd(bytes, start, stop)).trim();
      if (userName !== '') this.#flow.setDetails({ userName });
    }
    return DONE;
  }
}
