// Tabular Data Stream, Microsoft SQL Server and Sybase ([MS-TDS] 2.2.3). Owns: the packet header and the fields of LOGIN7.
/** @hot */
import { u16, u16le, u32le } from './bytes.js';

export const TDS_HEADER_LEN = 8;
export const TDS_SQL_BATCH = 0x01;
export const TDS_LOGIN = 0x02;
export const TDS_RPC = 0x03;
export const TDS_RESULT = 0x04;
export const TDS_LOGIN7 = 0x10;
export const TDS_PRELOGIN = 0x12;

/** Status bits: end of message 1, ignore 2, event notification 4, reset connection 8 and 16. */
const STATUS_BITS = 0x1f;
const isType = (type: number): boolean =>
  (type >= 1 && type <= 4) || type === 6 || type === 7 || type === 8 || type === 0x0e || (type >= 0x0f && type <= 0x12);

/** Length of the packet at `at`; 0: too few bytes; -1: none. */
export function tdsLength(bytes: Uint8Array, at: number, end: number): number {
  if (!isType(bytes[at]!)) return -1;
  if (at + TDS_HEADER_LEN > end) return at + 1 < end && (bytes[at + 1]! & ~STATUS_BITS) !== 0 ? -1 : 0;
  const length = u16(bytes, at + 2);
  if ((bytes[at + 1]! & ~STATUS_BITS) !== 0 || length < TDS_HEADER_LEN || length > 32_767) return -1;
  return bytes[at + 7] === 0 ? length : -1;
}

/**
 * Does the payload at `at` begin with the options of PRELOGIN: VERSION first, at an offset the number of options allows, 6 bytes long?
 * Needs 5 bytes.
 */
export function isTdsPrelogin(bytes: Uint8Array, at: number): boolean {
  const offset = u16(bytes, at + 1);
  return bytes[at] === 0 && u16(bytes, at + 3) === 6 && offset >= 6 && offset <= 61 && offset % 5 === 1;
}

/** Does the payload at `at` (of `length` bytes) begin as LOGIN7: its own length, a version 7.x? Needs 8 bytes. */
export function isTdsLogin7(bytes: Uint8Array, at: number, length: number): boolean {
  const version = bytes[at + 7]!;
  return u32le(bytes, at) === length && version >= 0x70 && version <= 0x75;
}

/** Fields of LOGIN7, in the order of their offset and length pairs, from byte 36 of the payload. */
export const LOGIN7_HOST = 0;
export const LOGIN7_USER = 1;
export const LOGIN7_APPLICATION = 3;
export const LOGIN7_SERVER = 4;
export const LOGIN7_DATABASE = 8;

export const login7FieldStart = (bytes: Uint8Array, at: number, field: number): number =>
  at + u16le(bytes, at + 36 + field * 4);
/** In UTF-16 code units. */
export const login7FieldUnits = (bytes: Uint8Array, at: number, field: number): number =>
  u16le(bytes, at + 38 + field * 4);
