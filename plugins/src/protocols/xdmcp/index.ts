// XDMCP, the X Display Manager Control Protocol. Owns: version, opcode and length of a datagram; reads the host name of Willing.
// Its numbers are small, so only port 177 is looked at. Bound: one datagram.
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
import { isExactly } from '@kaipo/core/wire/exact.js';
import { latin1Text } from '@kaipo/core/wire/match.js';

const HEADER_BYTES = 6;
const VERSION = 1;
const LAST_OPCODE = 14;
const INDIRECT_QUERY = 3;
const WILLING = 5;

export const xdmcpPlugin = defineProtocol('XDMCP: name of the display manager', {
  name: 'xdmcp',
  transports: ['udp'],
  ports: [177],
  isPortBound: true,
  firstBytes: [0x00],
  probe,
  open: (flow) => new XdmcpReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_BYTES || u16(bytes, start) !== VERSION) return NOT_MINE;
  const opcode = u16(bytes, start + 2);
  if (opcode === 0 || opcode > LAST_OPCODE) return NOT_MINE;
  if (!isExactly(HEADER_BYTES + u16(bytes, start + 4), end - start, p.isCut)) return NOT_MINE;
  if (p.isCut) return MATCH;
  if (opcode <= INDIRECT_QUERY && end - start === HEADER_BYTES) return NOT_MINE;
  if (opcode <= INDIRECT_QUERY)
    return stringsEnd(bytes, start + HEADER_BYTES + 1, end, bytes[start + HEADER_BYTES]!) === end ? MATCH : NOT_MINE;
  if (opcode === WILLING) return stringsEnd(bytes, start + HEADER_BYTES, end, 3) === end ? MATCH : NOT_MINE;
  return MATCH;
}

/** Behind `count` counted strings. */
function stringsEnd(bytes: Uint8Array, start: number, end: number, count: number): number {
  let at = start;
  for (let i = 0; i < count && at <= end; i++) at += 2 + u16At(bytes, at, end);
  return at;
}

class XdmcpReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #datagrams = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  /** Willing: three counted strings: authentication, host name, status. */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < HEADER_BYTES || u16(bytes, start + 2) !== WILLING) return ++this.#datagrams > 3 ? DONE : 0;
    const nameAt = start + HEADER_BYTES + 2 + u16At(bytes, start + HEADER_BYTES, end);
    const stop = nameAt + 2 + u16At(bytes, nameAt, end);
    if (stop <= end && stop > nameAt + 2) this.#flow.setDetails({ deviceName: latin1Text(bytes, nameAt + 2, stop) });
    return DONE;
  }
}

const u16At = (bytes: Uint8Array, at: number, end: number): number => (at + 2 <= end ? u16(bytes, at) : 0);
