// NetBIOS over TCP and UDP (RFC 1001, RFC 1002): encoded names, and the headers of the name, datagram and session services.
// Owns: where things are and whether they can be so. Bound: one name of 32 letters; reads nothing after it but its scope.
/** @hot */
import { u16 } from './bytes.js';
import { isExactly } from './exact.js';

export const NETBIOS_NAME_LEN = 34;
const LETTERS = 32;
const LETTER_A = 0x41;

/** Is there an encoded name at `at`: its length, 32 letters from A to P? 133 bits of agreement. */
export function isNetbiosName(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + NETBIOS_NAME_LEN > end || bytes[at] !== LETTERS) return false;
  for (let i = at + 1; i <= at + LETTERS; i++) {
    const letter = bytes[i]! - LETTER_A;
    if (letter < 0 || letter > 15) return false;
  }
  return true;
}

/** Offset after the name at `at` and its scope, or -1. */
export function netbiosNameEnd(bytes: Uint8Array, at: number, end: number): number {
  let next = at + NETBIOS_NAME_LEN - 1;
  while (next < end) {
    const label = bytes[next]!;
    if (label === 0) return next + 1;
    if (label > 63) return -1;
    next += 1 + label;
  }
  return -1;
}

/** The byte the letters at `at + 1 + 2 * index` stand for; index 15 is the suffix that says what has the name. */
export const netbiosByte = (bytes: Uint8Array, at: number, index: number): number =>
  (((bytes[at + 1 + index * 2]! - LETTER_A) << 4) | (bytes[at + 2 + index * 2]! - LETTER_A)) & 0xff;

export const NBNS_NAME_AT = 12;
export const NBNS_QUERY = 0;
export const NBNS_REGISTRATION = 5;
export const NBNS_REFRESH = 8;
const NBNS_MAX_RECORDS = 32;

/** A name service message: few records, and a name where the first one must be. */
export function isNbns(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < NBNS_NAME_AT + NETBIOS_NAME_LEN) return false;
  for (let count = at + 4; count < at + NBNS_NAME_AT; count += 2)
    if (u16(bytes, count) > NBNS_MAX_RECORDS) return false;
  return isNetbiosName(bytes, at + NBNS_NAME_AT, end);
}
export const nbnsIsResponse = (bytes: Uint8Array, at: number): boolean => bytes[at + 2]! >= 0x80;
/** 0 query, 5 registration, 6 release, 7 wait, 8 and 9 refresh. */
export const nbnsOpcode = (bytes: Uint8Array, at: number): number => (bytes[at + 2]! >> 3) & 15;

const NBDGM_DIRECT_UNIQUE = 0x10;
const NBDGM_BROADCAST = 0x12;
const NBDGM_ERROR = 0x13;
const NBDGM_LAST = 0x16;
const NBDGM_HEADER_LEN = 14;
/** Where the source name of a datagram with user data is. */
export const nbdgmSourceAt = (at: number): number => at + NBDGM_HEADER_LEN;
export const nbdgmHasUserData = (bytes: Uint8Array, at: number): boolean => bytes[at]! <= NBDGM_BROADCAST;

/** A datagram: with user data a length that fits and the name of the sender, else a query with a name and nothing more. */
export function isNbdgm(bytes: Uint8Array, at: number, end: number, isCut: boolean): boolean {
  if (end - at < 11) return false;
  const type = bytes[at]!;
  if (type < NBDGM_DIRECT_UNIQUE || type > NBDGM_LAST || type === NBDGM_ERROR || (bytes[at + 1]! & 0xf0) !== 0)
    return false;
  if (type > NBDGM_BROADCAST) return isNetbiosName(bytes, at + 10, end);
  if (end - at < NBDGM_HEADER_LEN + NETBIOS_NAME_LEN) return false;
  return (
    isExactly(u16(bytes, at + 10) + NBDGM_HEADER_LEN, end - at, isCut) && isNetbiosName(bytes, nbdgmSourceAt(at), end)
  );
}

export const NBSS_HEADER_LEN = 4;
export const NBSS_MESSAGE = 0x00;
export const NBSS_REQUEST = 0x81;
/** Bytes after the header. SMB over port 445 uses all 24 bits, NetBIOS 17. */
export const nbssLength = (bytes: Uint8Array, at: number): number =>
  (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
