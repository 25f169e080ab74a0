// Modbus over TCP (Modbus Messaging on TCP/IP Implementation Guide). Owns: the MBAP header and what each function has to look like.
/** @hot */
import { u16 } from './bytes.js';

const MBAP_LEN = 7;
/** Schneider's UMAS rides on this one. */
export const MODBUS_UMAS = 0x5a;

export const modbusFunction = (bytes: Uint8Array, at: number): number => bytes[at + MBAP_LEN]!;

/** Length of the request or answer at `at`: transaction, protocol 0, length, unit, function. 0: too few bytes; -1: none. */
export function modbusLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 8 > end) return at + 4 > end || u16(bytes, at + 2) === 0 ? 0 : -1;
  const length = u16(bytes, at + 4);
  if (u16(bytes, at + 2) !== 0 || length < 3 || length > 256) return length === 2 && fits(bytes, at, end, 2) ? 8 : -1;
  return fits(bytes, at, end, length) ? 6 + length : -1;
}

/** Does the function at byte 7 fit the `length` (unit and function included), as a request or as an answer? */
function fits(bytes: Uint8Array, at: number, end: number, length: number): boolean {
  const code = bytes[at + 7]!;
  const first = at + 8 < end ? bytes[at + 8]! : -1;
  // An error: one byte, 1 to 11.
  if (code >= 0x80) return isFunction(code & 0x7f) && length === 3 && (first < 0 || (first >= 1 && first <= 11));
  switch (code) {
    case 1:
    case 2:
      return length === 6
        ? isAmount(bytes, at, end, 2000) || first === 3
        : first < 0 || (first === length - 3 && first > 0);
    case 3:
    case 4:
      return length === 6
        ? isAmount(bytes, at, end, 125)
        : first < 0 || (first === length - 3 && first > 0 && first % 2 === 0);
    case 5:
      return (
        length === 6 && (at + 12 > end || ((bytes[at + 10] === 0 || bytes[at + 10] === 0xff) && bytes[at + 11] === 0))
      );
    case 6:
      return length === 6;
    case 7:
      return length === 2 || length === 3;
    case 8:
      return length === 6 && (first < 0 || (first === 0 && (at + 10 > end || bytes[at + 9]! <= 21)));
    case 11:
      return length === 2 || length === 6;
    case 12:
    case 17:
      return length === 2 || first < 0 || first === length - 3;
    case 15:
    case 16:
      return length === 6
        ? isAmount(bytes, at, end, 1968)
        : at + 13 > end || (bytes[at + 12] === length - 7 && bytes[at + 12]! > 0);
    case 20:
    case 21:
      return first < 0 || first === length - 3;
    case 22:
      return length === 8;
    case 23:
      return first < 0 || first === length - 3 || (length > 11 && (at + 17 > end || bytes[at + 16] === length - 11));
    case 24:
      return length === 4 || at + 10 > end || u16(bytes, at + 8) === length - 4;
    case 43:
      return first < 0 || first === 14 || first === 13;
    case MODBUS_UMAS:
      return length >= 4 && isUmas(bytes, at, end);
    default:
      return false;
  }
}

/** Unit 0, 1, 254 or 255; behind the session key a function of UMAS, or its good (0xfe) or bad (0xfd) answer. */
function isUmas(bytes: Uint8Array, at: number, end: number): boolean {
  const unit = bytes[at + 6]!;
  const code = at + 9 < end ? bytes[at + 9]! : 1;
  return (unit <= 1 || unit >= 0xfe) && ((code >= 0x01 && code <= 0x73) || code === 0xfe || code === 0xfd);
}

const isAmount = (bytes: Uint8Array, at: number, end: number, most: number): boolean =>
  at + 12 > end || (u16(bytes, at + 10) >= 1 && u16(bytes, at + 10) <= most);

const isFunction = (code: number): boolean =>
  (code >= 1 && code <= 8) ||
  code === 11 ||
  code === 12 ||
  (code >= 15 && code <= 17) ||
  (code >= 20 && code <= 24) ||
  code === 43 ||
  code === MODBUS_UMAS;
