// STUN and TURN messages (RFC 8489, RFC 8656), the older form without a cookie (RFC 3489), and TURN channel data. Owns: where a
// message lies and whether it is one. Must not know flows or products. Bound: 64 attributes a message.
/** @hot */
import { u16, u32 } from './bytes.js';

export const STUN_HEADER_BYTES = 20;
export const STUN_COOKIE = 0x2112a442;
/** MS-TURN: the value of its attribute 0x000f. */
const MS_TURN_COOKIE = 0x72c64bc6;
const MAX_ATTRIBUTES = 64;

export const STUN_NOT = 0;
/** With the cookie of RFC 5389. */
export const STUN_MODERN = 1;
/** RFC 3489: recognised by a walk over well-known attributes that ends exactly at the end. */
export const STUN_CLASSIC = 2;
/** A bare binding request of RFC 3489: type, length 0 and 16 bytes that may be anything. Too little to be sure. */
export const STUN_CLASSIC_BARE = 3;

export const ATTRIBUTE_USERNAME = 0x0006;
export const ATTRIBUTE_MS_COOKIE = 0x000f;
export const ATTRIBUTE_REALM = 0x0014;
export const ATTRIBUTE_SOFTWARE = 0x8022;

export const stunType = (bytes: Uint8Array, at: number): number => u16(bytes, at);
/** End of the message at `at`, as its header says. */
export const stunEnd = (bytes: Uint8Array, at: number): number => at + STUN_HEADER_BYTES + u16(bytes, at + 2);
/** 0x0000 request, 0x0010 indication, 0x0100 success, 0x0110 error. */
export const stunClass = (bytes: Uint8Array, at: number): number => u16(bytes, at) & 0x0110;

/** What kind of STUN the datagram bytes[start, end) is: STUN_NOT, STUN_MODERN, STUN_CLASSIC or STUN_CLASSIC_BARE. */
export function stunKind(bytes: Uint8Array, start: number, end: number, isCut: boolean): number {
  const there = end - start;
  if (there < STUN_HEADER_BYTES || (bytes[start]! & 0xc0) !== 0) return STUN_NOT;
  const said = stunEnd(bytes, start) - start;
  if (u32(bytes, start + 4) === STUN_COOKIE) return said <= there || isCut ? STUN_MODERN : STUN_NOT;
  if (said !== there || !isClassicType(u16(bytes, start))) return STUN_NOT;
  if (said === STUN_HEADER_BYTES) return u16(bytes, start) === 1 ? STUN_CLASSIC_BARE : STUN_NOT;
  if (!isTransaction(bytes, start + 4)) return STUN_NOT;
  return areClassicAttributes(bytes, start + STUN_HEADER_BYTES, end) ? STUN_CLASSIC : STUN_NOT;
}

/** Binding, shared secret, allocate, send, set active destination: request, response, error; data: an indication. */
function isClassicType(type: number): boolean {
  const method = type & 0x000f;
  if (method === 5) return type === 0x0115;
  return method >= 1 && method <= 6 && (type === method || type === 0x0100 + method || type === 0x0110 + method);
}

/** Sixteen random bytes: some clients fill half of them. */
function isTransaction(bytes: Uint8Array, at: number): boolean {
  let small = 0;
  for (let i = at; i < at + 16; i++) if (bytes[i]! < 0x10) small += 1;
  return small <= 9;
}

function areClassicAttributes(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  for (let i = 0; at < end; i++) {
    if (i === MAX_ATTRIBUTES || at + 4 > end) return false;
    const length = u16(bytes, at + 2);
    if (at + 4 + length > end || !isClassicAttribute(bytes, at, length)) return false;
    at += 4 + ((length + 3) & ~3);
  }
  return at === end;
}

function isClassicAttribute(bytes: Uint8Array, at: number, length: number): boolean {
  const type = u16(bytes, at);
  switch (type) {
    case 0x0001:
    case 0x0002:
    case 0x0004:
    case 0x0005:
    case 0x000b:
    case 0x0011:
    case 0x0012:
    case 0x0020:
    case 0x8020:
    case 0x0103:
      return (length === 8 && bytes[at + 5] === 1) || (length === 20 && bytes[at + 5] === 2);
    case 0x0003:
      return length === 4 && (u32(bytes, at + 4) & ~6) === 0;
    case ATTRIBUTE_MS_COOKIE:
      return length === 4 && u32(bytes, at + 4) === MS_TURN_COOKIE;
    case 0x0008:
      return length === 20;
    case 0x0101:
      return length > 0 && length <= 64;
    case 0x0009: // ERROR-CODE: two zeros, class, number
      return (
        length >= 4 && u16(bytes, at + 4) === 0 && bytes[at + 6]! >= 1 && bytes[at + 6]! <= 6 && bytes[at + 7]! < 100
      );
    case 0x000a: // UNKNOWN-ATTRIBUTES: their types
      return length >= 2 && length % 2 === 0;
    default:
      return ((type === 6 || type === 7) && length >= 4) || (type >= 0x8008 && type <= 0x8095);
  }
}

/**
 * Offset of the STUN message a stream begins with: right away, after the two bytes of length of RFC 4571, or after the four bytes of
 * MS-TURN over TCP; -1 when there is none. Sure with 24 bytes.
 */
export function stunInStreamAt(bytes: Uint8Array, start: number, end: number): number {
  if (isStreamHeader(bytes, start, end)) return start;
  if (isStreamHeader(bytes, start + 2, end) && u16(bytes, start) === stunEnd(bytes, start + 2) - start - 2)
    return start + 2;
  if (
    isStreamHeader(bytes, start + 4, end) &&
    (bytes[start] === 2 || bytes[start] === 3) &&
    bytes[start + 1] === 0 &&
    u16(bytes, start + 2) === stunEnd(bytes, start + 4) - start - 4
  )
    return start + 4;
  return -1;
}

const isStreamHeader = (bytes: Uint8Array, at: number, end: number): boolean =>
  at + STUN_HEADER_BYTES <= end &&
  (bytes[at]! & 0xc0) === 0 &&
  (bytes[at + 3]! & 3) === 0 &&
  u32(bytes, at + 4) === STUN_COOKIE;

/** RFC 8656 section 12.4: channel number 0x4000-0x4fff, length, data, at most three bytes of padding. @returns where the data ends, or -1. */
export function turnChannelDataEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 5 || (bytes[start]! & 0xf0) !== 0x40) return -1;
  const dataEnd = start + 4 + u16(bytes, start + 2);
  return dataEnd <= end && end - dataEnd < 4 ? dataEnd : -1;
}
