// RADIUS (RFC 2865, RFC 2866, RFC 5176). Owns: datagrams whose length and attributes fit to the byte, the user, the access server
// and the station. Passwords are not looked at. Bound: reads eight datagrams of a flow.
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
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { isText, utf8Text } from '@kaipo/core/wire/match.js';

const PORTS: readonly number[] = [1812, 1813, 1645, 1646, 3799, 1700];

const HEADER_LEN = 20;
const CODES = [1, 2, 3, 4, 5, 11, 12, 13, 40, 41, 42, 43, 44, 45];

export const radiusPlugin = defineProtocol('RADIUS: who logs in to the network', {
  name: 'radius',
  transports: ['udp'],
  ports: PORTS,
  datagram: { minBytes: HEADER_LEN, values: CODES, and: [{ at: 2, values: Array.from({ length: 17 }, (_, i) => i) }] },
  probe,
  open: (flow) => new RadiusReader(flow),
});

const MAX_LEN = 4096;
const USER_NAME = 1;
const CALLING_STATION = 31;
const NAS_IDENTIFIER = 32;
const USER_PASSWORD = 2;
const REPLY_MESSAGE = 18;
const VENDOR_SPECIFIC = 26;
const CALLED_STATION = 30;
const EAP_MESSAGE = 79;
const LAST_ATTRIBUTE = 246;
const MESSAGE_AUTHENTICATOR = 80;
const ACCOUNTING_RESPONSE = 5;
const MAX_DATAGRAMS = 8;
const ONE_PROOF = 8;
/** Beside code and length; with fewer bits other datagrams have to agree. */
const ENOUGH_BITS = 24;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = end - start;
  if (length < HEADER_LEN || !isCode(bytes[start]!)) return NOT_MINE;
  const said = u16(bytes, start + 2);
  if (said < HEADER_LEN || said > MAX_LEN || said !== length) return NOT_MINE;
  if (length === HEADER_LEN) return isAnswer(p) ? MATCH : NOT_MINE;
  const proof = proofOf(bytes, start + HEADER_LEN, end);
  if (proof < ONE_PROOF) return NOT_MINE;
  if (proof >= ENOUGH_BITS || isAnswer(p) || (hasServerPort(p) && !isSame(p))) return MATCH;
  // Others of the same code, with another number and authenticator, add what they prove.
  const kind = bytes[start]! * 256 + bytes[start + 1]!;
  const first = u32(bytes, start + 4);
  const isOther = p.memoA % 65_536 !== kind && p.memoB !== first && (p.memoA >> 8) % 256 === bytes[start];
  const bits = p.memoA === 0 || !isOther ? proof : Math.floor(p.memoA / 65_536) + proof;
  if (bits >= ENOUGH_BITS) return MATCH;
  p.memoA = bits * 65_536 + kind;
  p.memoB = first;
  return UNSURE;
}

/** Requests, answers, challenges, status (12, 13), disconnects and changes of authorisation (40 to 45). */
const isCode = (code: number): boolean =>
  (code >= 1 && code <= 5) || (code >= 11 && code <= 13) || (code >= 40 && code <= 45);

/** Attributes whose value is a number or an address of four bytes (RFC 2865, 2866, 2867, 2868, 2869, 4372, 5580). */
const FOUR_BYTES = new Set([
  4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 23, 27, 28, 29, 37, 38, 40, 41, 42, 43, 45, 46, 47, 48, 49, 51, 52, 53, 55,
  61, 62, 64, 65, 72, 76, 83, 85, 86,
]);

/** Of those, small numbers: kinds of service, of port, of accounting, of ends. */
const ENUMERATIONS = new Set([6, 7, 10, 13, 15, 29, 40, 41, 45, 49, 61, 64, 65, 72, 76]);

/** Attributes as long as they say, to the last byte, of which none has a length it cannot have: how many bits that proves, or -1. */
function proofOf(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  let bits = 0;
  while (at < end) {
    const type = bytes[at]!;
    if (at + 2 > end || type === 0 || type > LAST_ATTRIBUTE || at + bytes[at + 1]! > end) return -1;
    const length = bytes[at + 1]! - 2;
    if (length < 0) return -1;
    const proof = proves(bytes, type, at + 2, length);
    if (proof < 0) return -1;
    bits += proof;
    at += length + 2;
  }
  return bits;
}

/** How many bits agree, roughly; 0: nothing is learnt; -1: this attribute cannot look so. */
function proves(bytes: Uint8Array, type: number, at: number, length: number): number {
  if (ENUMERATIONS.has(type)) {
    if (length !== 4) return -1;
    return u16(bytes, at) === 0 && bytes[at + 2] === 0 ? 4 * ONE_PROOF : ONE_PROOF;
  }
  if (FOUR_BYTES.has(type)) return length === 4 ? ONE_PROOF : -1;
  switch (type) {
    case USER_NAME:
    case REPLY_MESSAGE:
    case CALLED_STATION:
    case CALLING_STATION:
    case NAS_IDENTIFIER:
      return length > 3 && isText(bytes, at, at + length) ? ONE_PROOF + length : 0;
    case USER_PASSWORD:
      return length >= 16 && length % 16 === 0 ? 0 : -1;
    case VENDOR_SPECIFIC:
      return length >= 6 && bytes[at] === 0 && bytes[at + 5]! <= length - 4
        ? bytes[at + 5] === length - 4
          ? 2 * ONE_PROOF
          : 0
        : -1;
    case EAP_MESSAGE:
      return length >= 4 && bytes[at]! >= 1 && bytes[at]! <= 4 && u16(bytes, at + 2) === length ? 2 * ONE_PROOF : 0;
    case MESSAGE_AUTHENTICATOR:
      return length === 16 ? ONE_PROOF : -1;
    default:
      return 0;
  }
}

/** The answer to the request of the other side, with its number: to 1 (access), 4 (accounting), 12 (status), 40 and 43. */
function isAnswer(p: Probe): boolean {
  if (p.otherLength < HEADER_LEN || p.otherBytes[1] !== p.bytes[p.start + 1] || !isRequest(p)) return false;
  const code = p.bytes[p.start]!;
  switch (p.otherBytes[0]) {
    case 1:
      return code === 2 || code === 3 || code === 11;
    case 4:
      return code === ACCOUNTING_RESPONSE;
    case 12:
      return code === 2 || code === ACCOUNTING_RESPONSE;
    case 40:
    case 43:
      return code === p.otherBytes[0]! + 1 || code === p.otherBytes[0]! + 2;
    default:
      return false;
  }
}

/** As far as it is known, the datagram of the other side has attributes that follow each other. */
function isRequest(p: Probe): boolean {
  const { otherBytes, otherLength } = p;
  const said = u16(otherBytes, 2);
  if (said < otherLength) return false;
  let at = HEADER_LEN;
  while (at + 2 <= otherLength) {
    if (otherBytes[at] === 0 || otherBytes[at + 1]! < 2) return false;
    at += otherBytes[at + 1]!;
  }
  return at <= said;
}

const hasServerPort = (p: Probe): boolean => PORTS.includes(p.serverPort) || PORTS.includes(p.clientPort);

/** Both sides never say the same. */
const isSame = (p: Probe): boolean => p.otherLength >= HEADER_LEN && p.otherBytes[0] === p.bytes[p.start];

class RadiusReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #left = MAX_DATAGRAMS;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    let at = start + HEADER_LEN;
    while (at + 2 <= end && bytes[at + 1]! > 2 && at + bytes[at + 1]! <= end) {
      this.#attribute(bytes, at);
      at += bytes[at + 1]!;
    }
    this.#left -= 1;
    return this.#left > 0 ? end - start : DONE;
  }

  #attribute(bytes: Uint8Array, at: number): void {
    const type = bytes[at];
    if (type !== USER_NAME && type !== CALLING_STATION && type !== NAS_IDENTIFIER) return;
    const text = utf8Text(bytes, at + 2, at + bytes[at + 1]!);
    if (type === USER_NAME) this.#flow.setDetails({ userName: text });
    else if (type === NAS_IDENTIFIER) this.#flow.setDetails({ deviceName: text });
    else this.#flow.setDetails({ subject: text });
  }
}
