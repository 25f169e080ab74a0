// Cisco Skinny Client Control Protocol (SCCP), telephones and their manager on TCP 2000. Owns: the recognition, the name of the
// telephone. Bound: one message. Source: Wireshark's description of the messages, Cisco's header versions.
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
import { u32le } from '@kaipo/core/wire/bytes.js';
import { latin1Text } from '@kaipo/core/wire/match.js';

const HEADER_BYTES = 12;
const MAX_LENGTH = 4096;
const LAST_MESSAGE = 0x015f;
const REGISTER = 1;
const KEEP_ALIVE = 0;
const KEEP_ALIVE_ACK = 0x0100;
/** Telephones say messages below, managers those from here on. */
const FIRST_OF_MANAGER = 0x80;
const NAME_BYTES = 16;

/** Little-endian length, header version and message, whose upper bytes are zero: 70 bits, but in zeros. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_BYTES) return end - start < 4 || u32le(bytes, start) <= MAX_LENGTH ? UNSURE : NOT_MINE;
  const length = u32le(bytes, start);
  const version = u32le(bytes, start + 4);
  const message = u32le(bytes, start + 8);
  if (length < 4 || length > MAX_LENGTH || message > LAST_MESSAGE) return NOT_MINE;
  if (version !== 0 && (version < 0x10 || version > 0x20)) return NOT_MINE;
  if (message === REGISTER) return isDeviceName(bytes, start + HEADER_BYTES, end) ? MATCH : NOT_MINE;
  // Anything else is sure only together with the other side: whole messages from both, of one version, each of its own kinds.
  if (!isChain(bytes, start, end)) return end - start < length + 8 ? UNSURE : NOT_MINE;
  const side = message >= FIRST_OF_MANAGER ? 2 : 1;
  if (p.memoB !== 0 && p.memoB !== version + 1) return NOT_MINE;
  p.memoA |= side;
  p.memoB = version + 1;
  return p.memoA === 3 && p.otherLength >= HEADER_BYTES && isOther(p.otherBytes, message) ? MATCH : UNSURE;
}

/** The other side began with a message of the other kind; keep-alives stand for themselves. */
function isOther(other: Uint8Array, message: number): boolean {
  const said = u32le(other, 8);
  if (said > LAST_MESSAGE || said >= FIRST_OF_MANAGER === message >= FIRST_OF_MANAGER) return false;
  if (message !== KEEP_ALIVE && message !== KEEP_ALIVE_ACK) return true;
  return said + message === KEEP_ALIVE_ACK;
}

/** Messages that lead exactly to the end. */
function isChain(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at + HEADER_BYTES <= end && u32le(bytes, at) >= 4 && u32le(bytes, at) <= MAX_LENGTH)
    at += u32le(bytes, at) + 8;
  return at === end;
}

/** SEP001122334455, padded with zeros. */
function isDeviceName(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + NAME_BYTES > end) return false;
  let length = 0;
  while (length < NAME_BYTES && isWord(bytes[at + length]!)) length++;
  for (let i = length; i < NAME_BYTES; i++) if (bytes[at + i] !== 0) return false;
  return length >= 3;
}

const isWord = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x2d;

class SkinnyReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    const at = start + HEADER_BYTES;
    if (u32le(bytes, start + 8) === REGISTER && isDeviceName(bytes, at, end))
      this.#flow.setDetails({ deviceName: latin1Text(bytes, at, at + NAME_BYTES).replace(/\0.*$/, '') });
    return DONE;
  }
}

export const skinnyPlugin = defineProtocol('Cisco telephones and their manager (SCCP, "Skinny")', {
  name: 'skinny',
  transports: ['tcp'],
  ports: [2000, 2443],
  // The upper byte of the length.
  stream: { at: 3, values: [0] },
  probe,
  open: (flow) => new SkinnyReader(flow),
});
