// DCE/RPC (C706; MS-RPCE): version 5 over connections, version 4 over datagrams. Owns: their headers.
// Bound: reads inside a fragment.
/** @hot */
import { u16, u16le } from './bytes.js';
import { isExactly } from './exact.js';

export const DCERPC_HEADER_LEN = 16;
export const DCERPC_BIND = 11;
export const DCERPC_ALTER_CONTEXT = 14;
export const DCERPC_AUTH3 = 16;
const FAULT = 3;
const SHUTDOWN = 17;
const MIN_FRAGMENT = 1024;
const LAST_TYPE = 20;
/** A fragment in the middle has neither flag: nothing begins with one. */
const FIRST_OR_LAST = 3;
const MAX_OPERATION = 1023;
const MAX_VERIFIER = 64;
const DATAGRAM_HEADER_LEN = 80;
const LAST_DATAGRAM_TYPE = 10;
const FRAGMENT = 4;

const isLittle = (bytes: Uint8Array, drepAt: number): boolean => bytes[drepAt] === 0x10;

/** Data representation: integers big or little, ASCII, IEEE floats, and a byte that is 0. Others have not been met for decades. */
const isRepresentation = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at]! & 0xef) === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 0;

/** Version 5.0 or 5.1, a type that exists, a sane representation, a fragment longer than its header and its verifier. */
export function isDcerpc(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 5 || bytes[at + 1]! > 1 || bytes[at + 2]! > LAST_TYPE) return false;
  // Over connections: request, response, fault, and from bind on.
  if (bytes[at + 2] === 1 || (bytes[at + 2]! > FAULT && bytes[at + 2]! < DCERPC_BIND)) return false;
  if ((bytes[at + 3]! & FIRST_OR_LAST) === 0) return false;
  if (!isRepresentation(bytes, at + 4) || bytes[at + 7] !== 0) return false;
  const length = dcerpcFragmentLength(bytes, at);
  const verifier = isLittle(bytes, at + 4) ? u16le(bytes, at + 10) : u16(bytes, at + 10);
  if (length < DCERPC_HEADER_LEN || verifier + DCERPC_HEADER_LEN > length) return false;
  return bytes[at + 2]! < DCERPC_BIND || length > DCERPC_HEADER_LEN || bytes[at + 2]! >= SHUTDOWN;
}

/** Sizes of fragments a bind, an alteration or its answer at `at` names: each side must take 1,432 bytes (C706 section 12.6.3.1). */
export function areDcerpcSizes(bytes: Uint8Array, at: number): boolean {
  const isLe = isLittle(bytes, at + 4);
  const read = isLe ? u16le : u16;
  return read(bytes, at + 16) >= MIN_FRAGMENT && read(bytes, at + 18) >= MIN_FRAGMENT;
}
export const dcerpcType = (bytes: Uint8Array, at: number): number => bytes[at + 2]!;
export const dcerpcFragmentLength = (bytes: Uint8Array, at: number): number =>
  isLittle(bytes, at + 4) ? u16le(bytes, at + 8) : u16(bytes, at + 8);

/** Offset of the interface (UUID and version) the first context of a bind asks for; 20 bytes. */
export const dcerpcInterfaceAt = (at: number): number => at + 32;
export const dcerpcIsLittle = (bytes: Uint8Array, at: number): boolean => isLittle(bytes, at + 4);

/** Random enough to be made by somebody: the first four bytes and the last are not 0. */
const isUuid = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]!) !== 0 && (bytes[at + 14]! | bytes[at + 15]!) !== 0;

/** Version 4: types and flags that exist, a length that is that of the datagram, give or take a verifier. */
export function isDcerpcDatagram(bytes: Uint8Array, at: number, end: number, isCut: boolean): boolean {
  if (end - at < DATAGRAM_HEADER_LEN || bytes[at] !== 4 || bytes[at + 1]! > LAST_DATAGRAM_TYPE) return false;
  if ((bytes[at + 2]! & 0x81) !== 0 && bytes[at + 2]! >= 0x80) return false;
  if (!isRepresentation(bytes, at + 4) || bytes[at + 79]! > 3) return false;
  // The second flags know one bit; who sends one fragment only sends number 0; one of the two names is of the form of RFC 4122.
  if ((bytes[at + 3]! & 0xfc) !== 0 || ((bytes[at + 2]! & FRAGMENT) === 0 && u16(bytes, at + 76) !== 0)) return false;
  if ((bytes[at + 32]! & 0xc0) !== 0x80 && (bytes[at + 48]! & 0xc0) !== 0x80) return false;
  const isLe = isLittle(bytes, at + 4);
  const length = isLe ? u16le(bytes, at + 74) : u16(bytes, at + 74);
  const operation = isLe ? u16le(bytes, at + 68) : u16(bytes, at + 68);
  if (operation > MAX_OPERATION || !isUuid(bytes, at + 24)) return false;
  const there = end - at - DATAGRAM_HEADER_LEN;
  return isExactly(length, there, isCut) || (bytes[at + 78] !== 0 && length < there && there - length <= MAX_VERIFIER);
}
