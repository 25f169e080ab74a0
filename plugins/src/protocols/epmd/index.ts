// Erlang's port mapper and what nodes say when they connect (Erlang distribution protocol). Owns: both beginnings, the node's name.
// Bound: one packet; names up to 255 bytes.
import { DONE, defineProtocol, type FlowReader, MATCH, NOT_MINE, type Probe, type ProtocolFlow, UNSURE, type Verdict } from '@kaipo/core/api/index.js'; // biome-ignore format: one list
import { u16 } from '@kaipo/core/wire/bytes.js';
import { latin1Text } from '@kaipo/core/wire/match.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';

const ALIVE2 = 0x78;
const PORT_PLEASE2 = 0x7a;
const NODE_TYPES = [72, 77];
const PORT = 4369;
const ALIVE2_NAME = 13;
const NAME_23 = 17;
const NAME_5 = 9;
const MAX_NAME = 255;

function isNodeName(bytes: Uint8Array, start: number, end: number, needsHost: boolean): boolean {
  let hosts = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte < 0x21 || byte > 0x7e) return false;
    if (byte === 0x40) hosts += 1;
  }
  return end - start >= 2 && end - start <= MAX_NAME && hosts === (needsHost ? 1 : 0);
}

function probeMapper(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = end - start;
  if (bytes[start] !== 0 || !p.fromClient) return NOT_MINE;
  if (length < 3) return UNSURE;
  const says = u16(bytes, start);
  if (says !== length - 2) return says > length - 2 && says <= MAX_NAME + 16 ? UNSURE : NOT_MINE;
  if (bytes[start + 2] === PORT_PLEASE2)
    return hasPort(p, PORT) && isNodeName(bytes, start + 3, end, false) ? MATCH : NOT_MINE;
  if (bytes[start + 2] !== ALIVE2 || length < ALIVE2_NAME + 4) return NOT_MINE;
  // Port, kind of node, TCP, highest and lowest version, name, what else there is.
  const nameEnd = start + ALIVE2_NAME + u16(bytes, start + 11);
  if (
    !NODE_TYPES.includes(bytes[start + 5]!) ||
    bytes[start + 6] !== 0 ||
    bytes[start + 7] !== 0 ||
    bytes[start + 9] !== 0
  )
    return NOT_MINE;
  if (nameEnd + 2 > end || nameEnd + 2 + u16(bytes, nameEnd) !== end) return NOT_MINE;
  return isNodeName(bytes, start + ALIVE2_NAME, nameEnd, false) ? MATCH : NOT_MINE;
}

/** Length, `N`, flags, creation, length of the name, name; or `n`, version 5 or 6, flags, name. Both ends say it: only the first of them. */
function probeNode(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = end - start;
  if (bytes[start] !== 0) return NOT_MINE;
  if (length < 3) return UNSURE;
  const says = u16(bytes, start);
  const tag = bytes[start + 2];
  if ((tag !== 0x4e && tag !== 0x6e) || says < 10 || says > MAX_NAME + 15) return NOT_MINE;
  if (says > length - 2) return UNSURE;
  if (says < length - 2) return NOT_MINE;
  const name = nameAt(bytes, start);
  if (tag === 0x4e && name + u16(bytes, start + 15) !== end) return NOT_MINE;
  if (tag === 0x6e && (bytes[start + 3] !== 0 || bytes[start + 4]! < 5 || bytes[start + 4]! > 6)) return NOT_MINE;
  return name < end && isNodeName(bytes, name, end, true) ? MATCH : NOT_MINE;
}

const nameAt = (bytes: Uint8Array, start: number): number => start + (bytes[start + 2] === 0x4e ? NAME_23 : NAME_5);

/** Called with the packet that matched, whole: its name is what the flow is about. */
class NameReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  readonly #isNode: boolean;

  constructor(flow: ProtocolFlow, isNode: boolean) {
    this.#flow = flow;
    this.#isNode = isNode;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    const isAlive = bytes[start + 2] === ALIVE2;
    const from = this.#isNode ? nameAt(bytes, start) : start + (isAlive ? ALIVE2_NAME : 3);
    const to = isAlive && !this.#isNode ? from + u16(bytes, start + 11) : start + 2 + u16(bytes, start);
    if (to <= end && from < to) this.#flow.setDetails({ subject: latin1Text(bytes, from, to) });
    return DONE;
  }
}

export const epmdPlugin = defineProtocol('Erlang port mapper: name of the node', {
  name: 'epmd',
  transports: ['tcp'],
  ports: [PORT],
  firstBytes: [0],
  probe: probeMapper,
  open: (flow) => new NameReader(flow, false),
});

export const erlangPlugin = defineProtocol('Erlang nodes: name of the node', {
  name: 'erlang',
  transports: ['tcp'],
  firstBytes: [0],
  probe: probeNode,
  open: (flow) => new NameReader(flow, true),
});
