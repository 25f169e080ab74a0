// Locator/ID separation protocol (RFC 9300, RFC 9301): control messages. Data is decoded as a tunnel.
// Owns: what such datagrams look like. Bound: looks at one datagram, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

export const lispPlugin = defineProtocol('Locator and identifier separation (LISP)', {
  name: 'lisp',
  transports: ['udp', 'tcp'],
  ports: [4342],
  isPortBound: true,
  probe,
});

const TCP = 6;
const SESSION_MIN_LEN = 12;
const SESSION_END = 0x9facade9;
const MAP_REQUEST = 1;
const MAP_REPLY = 2;
const MAP_REGISTER = 3;
const MAP_NOTIFY = 4;
const ENCAPSULATED = 8;
const MAX_RECORDS = 32;
const FAMILY_LISP = 0x4003;

function probe(p: Probe): Verdict {
  if (p.transport === TCP) return probeSession(p);
  const { bytes, start, end } = p;
  if (end - start < 24) return NOT_MINE;
  switch (bytes[start]! >> 4) {
    case MAP_REQUEST:
      return (u16(bytes, start + 1) & 0x3fe0) === 0 && hasRecords(bytes, start) && isRequest(bytes, start, end)
        ? MATCH
        : NOT_MINE;
    case MAP_REPLY:
      return (bytes[start]! & 1) === 0 &&
        u16(bytes, start + 1) === 0 &&
        hasRecords(bytes, start) &&
        isRecord(bytes, start + 12, end)
        ? MATCH
        : NOT_MINE;
    case MAP_REGISTER:
    case MAP_NOTIFY:
      return hasRecords(bytes, start) && isAuthenticated(bytes, start, end) ? MATCH : NOT_MINE;
    case ENCAPSULATED:
      return (bytes[start + 1]! | bytes[start + 2]! | bytes[start + 3]!) === 0 && isPacket(bytes, start + 4, end)
        ? MATCH
        : NOT_MINE;
    default:
      return NOT_MINE;
  }
}

/** Reliable transport between routers and map servers: type, length, number, and four bytes that end every message. */
function probeSession(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < SESSION_MIN_LEN) return UNSURE;
  const length = u16(bytes, start + 2);
  const type = u16(bytes, start);
  if (type < 16 || type > 64 || length < SESSION_MIN_LEN) return NOT_MINE;
  if (end - start < length) return UNSURE;
  return u32(bytes, start + length - 4) === SESSION_END ? MATCH : NOT_MINE;
}

const hasRecords = (bytes: Uint8Array, start: number): boolean =>
  bytes[start + 3]! > 0 && bytes[start + 3]! <= MAX_RECORDS;

/** Who asks, the routers that may be answered, then a mask and the address that is looked for: all of known families. */
function isRequest(bytes: Uint8Array, start: number, end: number): boolean {
  let at = addressEnd(bytes, start + 12, end);
  for (let routers = bytes[start + 2]! & 31; routers >= 0 && at > 0; routers--) {
    if (at + 2 > end || u16(bytes, at) === 0) return false;
    at = addressEnd(bytes, at, end);
  }
  return at > 0 && at + 4 <= end && bytes[at] === 0 && bytes[at + 1]! <= 128 && addressEnd(bytes, at + 2, end) > 0;
}

/** Where the address at `at` ends, which begins with its family; -1: of another family, or not all there. */
function addressEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1;
  const family = u16(bytes, at);
  const isLisp = family === FAMILY_LISP && at + 8 <= end;
  const length = isLisp ? 6 + u16(bytes, at + 6) : family === 0 ? 0 : family === 1 ? 4 : family === 2 ? 16 : -1;
  return length < 0 || at + 2 + length > end ? -1 : at + 2 + length;
}

/** Time to live, count of locators, a mask, flags, version, then the family of the address. */
const isRecord = (bytes: Uint8Array, at: number, end: number): boolean =>
  at + 16 <= end &&
  bytes[at + 4]! <= 32 &&
  bytes[at + 5]! <= 128 &&
  u16(bytes, at + 10) !== 0 &&
  isFamily(u16(bytes, at + 10));

/** Address families: none, IPv4, IPv6, Ethernet, LISP's own. */
const isFamily = (family: number): boolean =>
  family <= 2 || family === 6 || family === FAMILY_LISP || family === 0x4005;

/** A key of a known kind, and authentication data as long as that kind has it. */
function isAuthenticated(bytes: Uint8Array, start: number, end: number): boolean {
  const key = u16(bytes, start + 12) & 0xff;
  const length = u16(bytes, start + 14);
  if (start + 16 + length > end || key > 5 || !isRecord(bytes, start + 16 + length, end)) return false;
  return length === 20 || length === 32 || length === 16 || (length === 0 && u32(bytes, start + 4) !== 0);
}

/** IPv4 without options or IPv6, of which a UDP packet to the control port is the content. */
function isPacket(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 28 > end) return false;
  if (bytes[at] === 0x45) return u16(bytes, at + 2) <= end - at && bytes[at + 9] === 17;
  return bytes[at]! >> 4 === 6 && bytes[at + 6] === 17 && u16(bytes, at + 4) <= end - at - 40;
}
