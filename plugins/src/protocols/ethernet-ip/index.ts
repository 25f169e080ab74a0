// EtherNet/IP: encapsulation of the Common Industrial Protocol (ODVA CIP volume 2), and implicit messages over UDP, named cip.
// Owns: both headers, and what a device says of itself. Bound: one datagram or 2 KiB.
import {
  DONE,
  defineProtocols,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  type ProtocolSpec,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16le, u32le } from '@kaipo/core/wire/bytes.js';
import { latin1Text } from '@kaipo/core/wire/match.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';

const UDP = 17;
const HEADER_LEN = 24;
const PORT = 44_818;
const LIST_IDENTITY = 0x63;

/** Command, length, session, status, context, options 0: little-endian. */
function messageLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + HEADER_LEN > end) return at + 2 > end || isCommand(u16le(bytes, at)) ? 0 : -1;
  if (!isCommand(u16le(bytes, at)) || !isStatus(u32le(bytes, at + 8)) || u32le(bytes, at + 20) !== 0) return -1;
  return HEADER_LEN + u16le(bytes, at + 2);
}

const isStatus = (status: number): boolean => status <= 3 || status === 0x64 || status === 0x65 || status === 0x69;

const isCommand = (command: number): boolean =>
  command === 4 ||
  (command >= 0x63 && command <= 0x66) ||
  command === 0x6f ||
  command === 0x70 ||
  command === 0x72 ||
  command === 0x73;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (p.transport === UDP && end - start < HEADER_LEN) return NOT_MINE;
  const chain = followChain(bytes, start, end, messageLength);
  if (chain === BROKEN) return NOT_MINE;
  if (end - start < HEADER_LEN) return UNSURE;
  // Only a question has neither data nor session: list identity, list services.
  const isEmpty = u16le(bytes, start + 2) === 0;
  if (isEmpty && u16le(bytes, start) === 0x70) return NOT_MINE;
  if (wholeMessages(chain) >= 2) return MATCH;
  if (endsExactly(chain)) return !isEmpty || hasPort(p, PORT) || isPair(p) ? MATCH : UNSURE;
  return p.transport === UDP ? NOT_MINE : UNSURE;
}

/** A question alone is nearly nothing but zeros: away from the port the other side has to repeat its command and context. */
function isPair(p: Probe): boolean {
  const { bytes, start, otherBytes } = p;
  if (p.otherLength < HEADER_LEN || u16le(otherBytes, 0) !== u16le(bytes, start) || u16le(otherBytes, 2) === 0)
    return false;
  return u32le(otherBytes, 12) === u32le(bytes, start + 12) && u32le(otherBytes, 16) === u32le(bytes, start + 16);
}

/** Two items: a sequenced address (8 bytes) or a connection (4), and connected data that ends the datagram. */
function probeImplicit(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 16 || u16le(bytes, start) !== 2) return NOT_MINE;
  const kind = u16le(bytes, start + 2);
  const address = u16le(bytes, start + 4);
  if ((kind !== 0x8002 || address !== 8) && (kind !== 0xa1 || address !== 4)) return NOT_MINE;
  const data = start + 6 + address;
  return u16le(bytes, data) === 0xb1 && data + 4 + u16le(bytes, data + 2) === end ? MATCH : NOT_MINE;
}

/** Reads the identity a device answers with: item 0x0c, address, vendor, type, code, revision, status, serial number, name. */
class IdentityReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (end - start < HEADER_LEN) return 0;
    if (u16le(bytes, start) !== LIST_IDENTITY) return DONE;
    const length = HEADER_LEN + u16le(bytes, start + 2);
    if (end - start < length && length < 2048) return 0;
    const name = start + 62;
    if (fromClient || length === HEADER_LEN || name >= end) return end - start;
    this.#flow.setDetails({ deviceName: latin1Text(bytes, name + 1, Math.min(end, name + 1 + bytes[name]!), 64) });
    return DONE;
  }
}

const explicit: ProtocolSpec = {
  name: 'ethernet-ip',
  transports: ['tcp', 'udp'],
  ports: [PORT],
  firstBytes: [4, 0x63, 0x64, 0x65, 0x66, 0x6f, 0x70, 0x72, 0x73],
  probe,
  open: (flow) => new IdentityReader(flow),
};
const implicit: ProtocolSpec = {
  name: 'cip',
  transports: ['udp'],
  ports: [2222],
  firstBytes: [2],
  probe: probeImplicit,
};

export const ethernetIpPlugin = defineProtocols('ethernet-ip', 'EtherNet/IP and the Common Industrial Protocol', [
  explicit,
  implicit,
]);
