// The X Window System, version 11. Owns: the connection setup of a client and the answer of a server; reads the vendor.
// X Window System Protocol, section 8 "Connection Setup". Bound: one setup of at most 1,024 bytes.
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
import { u16, u16le } from '@kaipo/core/wire/bytes.js';
import { isText, latin1Text } from '@kaipo/core/wire/match.js';

const BIG = 0x42;
const LITTLE = 0x6c;
const VERSION = 11;
const SETUP_BYTES = 12;
const MAX_AUTH_BYTES = 512;
const ACCEPTED = 1;
const REFUSED = 0;
const FIRST_PORT = 6_000;
const LAST_PORT = 6_063;
const VENDOR_LENGTH_AT = 24;
const VENDOR_AT = 40;

export const x11Plugin = defineProtocol('X11: vendor of the server', {
  name: 'x11',
  transports: ['tcp'],
  ports: [6000, 6001, 6010, 6011, 6012],
  firstBytes: [BIG, LITTLE, REFUSED, ACCEPTED],
  probe,
  open: (flow) => new X11Reader(flow),
});

function probe(p: Probe): Verdict {
  return p.bytes[p.start] === BIG || p.bytes[p.start] === LITTLE ? setupVerdict(p) : answerVerdict(p);
}

/** Byte order, zero, 11, minor 0, lengths of an authorisation's name and data, zero; then both, padded to four. */
function setupVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const number = bytes[start] === BIG ? u16 : u16le;
  if (!p.fromClient || (end - start > 1 && bytes[start + 1] !== 0)) return NOT_MINE;
  if (end - start > 3 && number(bytes, start + 2) !== VERSION) return NOT_MINE;
  if (end - start < SETUP_BYTES) return UNSURE;
  const nameLength = number(bytes, start + 6);
  const dataLength = number(bytes, start + 8);
  if (number(bytes, start + 4) !== 0 || number(bytes, start + 10) !== 0) return NOT_MINE;
  if (nameLength > MAX_AUTH_BYTES || dataLength > MAX_AUTH_BYTES) return NOT_MINE;
  const stop = start + SETUP_BYTES + padded(nameLength) + padded(dataLength);
  if (stop > end) return UNSURE;
  return isText(bytes, start + SETUP_BYTES, start + SETUP_BYTES + nameLength) ? MATCH : NOT_MINE;
}

/** Accepted: 1, unused, 11, 0, length in units of four bytes. Refused: 0, length of the reason, 11, 0, length. */
function answerVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (
    p.fromClient ||
    p.otherLength < 2 ||
    p.otherBytes[1] !== 0 ||
    p.serverPort < FIRST_PORT ||
    p.serverPort > LAST_PORT
  )
    return NOT_MINE;
  const isBig = p.otherBytes[0] === BIG;
  if (!isBig && p.otherBytes[0] !== LITTLE) return NOT_MINE;
  if (end - start < 8) return UNSURE;
  const number = isBig ? u16 : u16le;
  return number(bytes, start + 2) === VERSION && number(bytes, start + 4) === 0 ? MATCH : NOT_MINE;
}

const padded = (length: number): number => (length + 3) & ~3;

class X11Reader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #isBig = false;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (fromClient) {
      this.#isBig = bytes[start] === BIG;
      return SKIP_SIDE;
    }
    if (bytes[start] !== ACCEPTED) return DONE;
    if (end - start < VENDOR_AT) return 0;
    const number = this.#isBig ? u16 : u16le;
    const stop = start + VENDOR_AT + number(bytes, start + VENDOR_LENGTH_AT);
    if (number(bytes, start + 2) !== VERSION || stop - start > MAX_AUTH_BYTES) return DONE;
    if (stop > end) return 0;
    if (stop > start + VENDOR_AT) this.#flow.setDetails({ serverSoftware: latin1Text(bytes, start + VENDOR_AT, stop) });
    return DONE;
  }
}
