// CAPWAP (RFC 5415): control and data between access points and their controllers; what is not decoded as a tunnel.
// Owns: naming the flow, and the names of access point and controller. Bound: reads eight datagrams of a flow.
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
import { u16, u24, u32 } from '@kaipo/core/wire/bytes.js';
import { isExactly } from '@kaipo/core/wire/exact.js';
import { utf8Text } from '@kaipo/core/wire/match.js';

export const capwapPlugin = defineProtocol('Access points and their controllers (CAPWAP)', {
  name: 'capwap',
  transports: ['udp'],
  ports: [5246, 5247],
  isPortBound: true,
  firstBytes: [0, 1],
  probe,
  open: (flow) => new CapwapReader(flow),
});

const PORT_CONTROL = 5246;
const PREAMBLE_DTLS = 1;
const HEADER_LEN = 8;
const CONTROL_LEN = 8;
const LAST_MESSAGE = 26;
const MAX_DATAGRAMS = 8;
const CONTROLLER_NAME = 4;
const ACCESS_POINT_NAME = 45;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 16) return NOT_MINE;
  if (bytes[start] === PREAMBLE_DTLS) return isDtls(bytes, start) ? MATCH : NOT_MINE;
  if (!isHeader(bytes, start)) return NOT_MINE;
  if (p.serverPort === PORT_CONTROL || p.clientPort === PORT_CONTROL) return isControl(p) ? MATCH : NOT_MINE;
  // Data: a whole packet, so no fragment identifier or offset; a header as long as its flags ask for.
  return u32(bytes, start + 4) === 0 && isLengthOfFlags(bytes, start, end) ? MATCH : NOT_MINE;
}

/** Three reserved bytes, then a DTLS record of a known type, version 1.0, 1.2. */
const isDtls = (bytes: Uint8Array, start: number): boolean =>
  u24(bytes, start + 1) === 0 &&
  bytes[start + 4]! >= 20 &&
  bytes[start + 4]! <= 25 &&
  bytes[start + 5] === 0xfe &&
  (bytes[start + 6] === 0xff || bytes[start + 6] === 0xfd);

const headerLength = (bytes: Uint8Array, start: number): number => (bytes[start + 1]! >> 3) << 2;

/** Radio binding 0 to 3, reserved flags and the reserved bits of the fragment offset 0. */
function isHeader(bytes: Uint8Array, start: number): boolean {
  const binding = (bytes[start + 2]! >> 1) & 31;
  return (
    headerLength(bytes, start) >= HEADER_LEN &&
    binding <= 3 &&
    (bytes[start + 3]! & 7) === 0 &&
    (bytes[start + 7]! & 7) === 0
  );
}

/** A message number that exists, and message elements that are as long as said: after the sequence number, or after the flags. */
function isControl(p: Probe): boolean {
  const { bytes, start, end } = p;
  const at = start + headerLength(bytes, start);
  if (at + CONTROL_LEN > end || bytes[at] !== 0 || (u24(bytes, at + 1) !== 0 && u24(bytes, at) > 0xffff)) return false;
  const message = bytes[at + 3]!;
  if (message < 1 || message > LAST_MESSAGE || u16(bytes, at + 1) !== 0) return false;
  const length = u16(bytes, at + 5);
  const there = end - at - 5;
  return (
    isExactly(length, there, p.isCut) || isExactly(length + 3, there, p.isCut) || isExactly(length + 2, there, p.isCut)
  );
}

/** A keep-alive, or one of the forms a header has: a radio address, wireless information, both. */
function isLengthOfFlags(bytes: Uint8Array, start: number, end: number): boolean {
  const flags = bytes[start + 3]!;
  const length = headerLength(bytes, start);
  if ((flags & 0x80) !== 0 || start + length >= end || ((bytes[start + 2]! >> 1) & 31) === 0) return false;
  const isPlain = (flags & 0x30) === 0;
  return isPlain ? length === HEADER_LEN : length >= HEADER_LEN + 8 && length <= HEADER_LEN + 32;
}

class CapwapReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #left = MAX_DATAGRAMS;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 16 || bytes[start] !== 0 || this.#flow.serverPort !== PORT_CONTROL) return DONE;
    let at = start + headerLength(bytes, start) + CONTROL_LEN;
    while (at + 4 <= end) {
      const stop = at + 4 + u16(bytes, at + 2);
      if (stop > end) break;
      const type = u16(bytes, at);
      if (type === ACCESS_POINT_NAME) this.#flow.setDetails({ deviceName: utf8Text(bytes, at + 4, stop) });
      else if (type === CONTROLLER_NAME) this.#flow.setDetails({ subject: utf8Text(bytes, at + 4, stop) });
      at = stop;
    }
    this.#left -= 1;
    return this.#left > 0 ? end - start : DONE;
  }
}
