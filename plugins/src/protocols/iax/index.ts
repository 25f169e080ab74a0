// IAX version 2 (RFC 5456), the calls of Asterisk: full frames. Owns: the recognition, and who calls. Bound: one frame.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { latin1Text } from '@kaipo/core/wire/match.js';

const HEADER_BYTES = 12;
const FRAME_IAX = 6;
const LAST_SUBCLASS = 0x28;
const CALLING_NUMBER = 2;
const USER_NAME = 6;
const LAST_ELEMENT = 0x38;

/**
 * The first frame of a call: no destination yet, both counters 0, type IAX, elements that lead exactly to the end. An answer: its
 * destination is the call number of the other side.
 */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_BYTES || (bytes[start]! & 0x80) === 0 || bytes[start + 10] !== FRAME_IAX) return NOT_MINE;
  const subclass = bytes[start + 11]!;
  if (subclass === 0 || subclass > LAST_SUBCLASS || (u16(bytes, start) & 0x7fff) === 0) return NOT_MINE;
  if (!isWalk(bytes, start + HEADER_BYTES, end)) return NOT_MINE;
  const destination = u16(bytes, start + 2) & 0x7fff;
  if (destination === 0) return u16(bytes, start + 8) === 0 ? MATCH : NOT_MINE;
  const isAnswer =
    p.otherLength >= HEADER_BYTES &&
    p.otherBytes[10] === FRAME_IAX &&
    (u16(p.otherBytes, 0) & 0x7fff) === destination &&
    bytes[start + 8]! < 8 &&
    bytes[start + 9]! < 8;
  return isAnswer ? MATCH : NOT_MINE;
}

function isWalk(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at + 2 <= end && bytes[at] !== 0 && bytes[at]! <= LAST_ELEMENT) at += 2 + bytes[at + 1]!;
  return at === end;
}

class IaxReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    for (let at = start + HEADER_BYTES; at + 2 <= end; at += 2 + bytes[at + 1]!) {
      const valueEnd = Math.min(end, at + 2 + bytes[at + 1]!);
      if (bytes[at] === USER_NAME || bytes[at] === CALLING_NUMBER)
        this.#flow.setDetails({ userName: latin1Text(bytes, at + 2, valueEnd) });
    }
    return DONE;
  }
}

export const iaxPlugin = defineProtocol('Calls between Asterisk exchanges (IAX2)', {
  name: 'iax',
  transports: ['udp'],
  ports: [4569],
  firstBytes: Array.from({ length: 128 }, (_, i) => 0x80 + i),
  datagram: { minBytes: HEADER_BYTES, at: 10, values: [FRAME_IAX] },
  probe,
  open: (flow) => new IaxReader(flow),
});
