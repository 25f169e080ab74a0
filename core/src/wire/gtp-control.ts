// GTP headers of all versions (3GPP TS 29.060, 29.274, 29.281, 32.295) and PFCP (TS 29.244). Owns: whether a datagram is exactly one
// message. Must not know flows. Bound: 64 elements a message.
/** @hot */
import { u16, u32 } from './bytes.js';
import { isExactly } from './exact.js';

const MAX_ELEMENTS = 64;
const LAST_ELEMENT = 511;
const LONG_HEADER = 8;

/** Version 1, user plane: echo, error indication, extension headers, end marker, data. */
export function isGtpUser(bytes: Uint8Array, at: number, end: number, isCut: boolean): boolean {
  const there = end - at;
  if (there < LONG_HEADER || (bytes[at]! & 0xf8) !== 0x30) return false;
  const type = bytes[at + 1]!;
  if (type !== 1 && type !== 2 && type !== 26 && type !== 31 && type !== 254 && type !== 255) return false;
  if (type <= 2 && u32(bytes, at + 4) !== 0) return false;
  return isExactly(u16(bytes, at + 2) + LONG_HEADER, there, isCut);
}

/** Version 1, control plane: the same header with other messages; the sequence number is there. */
export function isGtpControl1(bytes: Uint8Array, at: number, end: number, isCut: boolean): boolean {
  const there = end - at;
  if (there < LONG_HEADER + 4 || (bytes[at]! & 0xfa) !== 0x32) return false;
  const type = bytes[at + 1]!;
  const isMessage =
    (type >= 1 && type <= 7) || (type >= 16 && type <= 37) || (type >= 48 && type <= 61) || (type >= 96 && type <= 129);
  return isMessage && u16(bytes, at + 10) === 0 && isExactly(u16(bytes, at + 2) + LONG_HEADER, there, isCut);
}

/** Version 2: 4 bytes not counted in the length, then elements (type, length, instance) that lead exactly to the end. */
export function isGtpControl2(bytes: Uint8Array, at: number, end: number, isCut: boolean): boolean {
  const there = end - at;
  if (there < LONG_HEADER || (bytes[at]! & 0xe3) !== 0x40) return false;
  const length = u16(bytes, at + 2) + 4;
  const isPiggybacked = (bytes[at]! & 0x10) !== 0;
  if (isPiggybacked ? length > there : !isExactly(length, there, isCut)) return false;
  const type = bytes[at + 1]!;
  if (type === 0 || (type > 3 && type < 25)) return false;
  const header = (bytes[at]! & 0x08) !== 0 ? 12 : LONG_HEADER;
  // The last byte of the header is spare; so are the upper bits of each instance.
  if (length < header || (!isPiggybacked && bytes[at + header - 1] !== 0)) return false;
  return isElements2(bytes, at + header, Math.min(end, at + length));
}

function isElements2(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  for (let i = 0; at < end; i++) {
    if (i === MAX_ELEMENTS) return true;
    if (at + 4 > end || bytes[at] === 0 || (bytes[at + 3]! & 0xf0) !== 0) return false;
    at += 4 + u16(bytes, at + 1);
  }
  return at === end && from < end;
}

/** GTP' of charging: protocol type 0, the reserved bits set, its own messages; 6 bytes of header, or 20 in version 0. */
export function isGtpPrime(bytes: Uint8Array, at: number, end: number, isCut: boolean): boolean {
  const there = end - at;
  if (there < 6) return false;
  const flags = bytes[at]!;
  const version = flags >> 5;
  if (version > 2 || (flags & 0x1e) !== 0x0e) return false;
  const type = bytes[at + 1]!;
  if (!((type >= 1 && type <= 7) || type === 240 || type === 241)) return false;
  const header = version === 0 && (flags & 1) === 0 ? 20 : 6;
  return isExactly(u16(bytes, at + 2) + header, there, isCut);
}

/** PFCP: version 1, spare bits zero, 4 bytes not counted in the length, elements (type, length) that lead exactly to the end. */
export function isPfcp(bytes: Uint8Array, at: number, end: number, isCut: boolean): boolean {
  const there = end - at;
  if (there < LONG_HEADER || (bytes[at]! & 0xf8) !== 0x20) return false;
  const type = bytes[at + 1]!;
  if (!((type >= 1 && type <= 17) || (type >= 50 && type <= 57))) return false;
  // Messages of a session carry its identifier, those of a node do not.
  const hasSession = (bytes[at]! & 1) === 1;
  if (hasSession !== type >= 50) return false;
  const header = hasSession ? 16 : LONG_HEADER;
  const isFollowed = (bytes[at]! & 4) !== 0;
  const length = u16(bytes, at + 2) + 4;
  if (length < header || (isFollowed ? length > there : !isExactly(length, there, isCut))) return false;
  return isCut || isElements4(bytes, at + header, at + length);
}

function isElements4(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  for (let i = 0; at < end; i++) {
    if (i === MAX_ELEMENTS) return true;
    const type = at + 4 > end ? 0 : u16(bytes, at);
    // Elements of vendors have the top bit; the others are numbered from 1.
    if (type === 0 || (type > LAST_ELEMENT && type < 0x8000)) return false;
    at += 4 + u16(bytes, at + 2);
  }
  return at === end && from < end;
}
