// PostgreSQL frontend/backend protocol 3 (postgresql.org/docs, "Message Formats"). Owns: the untyped messages that open a connection
// and the typed ones that follow. Bound: none kept; a typed message of more than 1 GiB is none.
/** @hot */
import { u16, u32 } from './bytes.js';

export const PG_STARTUP = 1;
export const PG_SSL_REQUEST = 2;
export const PG_GSS_REQUEST = 3;
export const PG_CANCEL = 4;

/** What opens at `at`: PG_…, 0 when it is nothing of the kind. Needs 8 bytes. */
export function pgOpening(bytes: Uint8Array, at: number): number {
  const length = u32(bytes, at);
  const code = u32(bytes, at + 4);
  if (length === 8 && code === 80_877_103) return PG_SSL_REQUEST;
  if (length === 8 && code === 80_877_104) return PG_GSS_REQUEST;
  if (length >= 12 && length <= 268 && code === 80_877_102) return PG_CANCEL;
  return length >= 9 && length <= 10_000 && u16(bytes, at + 4) === 3 && u16(bytes, at + 6) <= 9 ? PG_STARTUP : 0;
}

/** Types of the client: B C D E F H P Q S X c d f p. */
const CLIENT_TYPES = new Uint8Array(256);
for (const letter of 'BCDEFHPQSXcdfp') CLIENT_TYPES[letter.charCodeAt(0)] = 1;
/** Types of the server: 1 2 3 A C D E G H I K N R S T V W Z c d n s t v. */
const SERVER_TYPES = new Uint8Array(256);
for (const letter of '123ACDEGHIKNRSTVWZcdnstv') SERVER_TYPES[letter.charCodeAt(0)] = 1;

export const pgClientLength = (bytes: Uint8Array, at: number, end: number): number =>
  typedLength(bytes, at, end, CLIENT_TYPES);
export const pgServerLength = (bytes: Uint8Array, at: number, end: number): number =>
  typedLength(bytes, at, end, SERVER_TYPES);

/** Whole length of the typed message at `at`; 0: too few bytes; -1: none. */
function typedLength(bytes: Uint8Array, at: number, end: number, types: Uint8Array): number {
  const type = bytes[at]!;
  if (types[type] === 0) return -1;
  if (at + 5 > end) return at + 1 < end && bytes[at + 1]! > 0x3f ? -1 : 0;
  const length = u32(bytes, at + 1);
  return length >= 4 && length <= 0x3fffffff && fitsType(type, length) ? length + 1 : -1;
}

/** Messages of a fixed length have it. */
function fitsType(type: number, length: number): boolean {
  switch (type) {
    case 0x5a: // Z ReadyForQuery
      return length === 5;
    case 0x31: // 1 ParseComplete
    case 0x32: // 2 BindComplete
    case 0x33: // 3 CloseComplete
    case 0x49: // I EmptyQueryResponse
    case 0x6e: // n NoData
    case 0x73: // s PortalSuspended
    case 0x58: // X Terminate
    case 0x63: // c CopyDone
      return length === 4;
    case 0x4b: // K BackendKeyData
      return length >= 12 && length <= 264;
    case 0x52: // R Authentication
      return length >= 8 && length < 65_536;
    default:
      return true;
  }
}
