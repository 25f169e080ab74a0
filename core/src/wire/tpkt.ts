// ISO transport over TCP: TPKT (RFC 1006) and the class 0 messages of COTP (ISO 8073). Owns: lengths, types, where user data begins.
/** @hot */
import { u16 } from './bytes.js';

export const COTP_CONNECT = 0xe0;
export const COTP_CONFIRM = 0xd0;
export const COTP_DATA = 0xf0;
const TPKT_LEN = 4;
/** Parameters of a connect message: TPDU size, calling and called selector. */
const TPDU_SIZE = 0xc0;
const CALLING = 0xc1;
const CALLED = 0xc2;

/** Length of the TPKT at `at`: version 3, reserved 0, length, a COTP header that fits. 0: too few bytes; -1: none. */
export function tpktLength(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== 3 || (at + 1 < end && bytes[at + 1] !== 0)) return -1;
  if (at + 6 > end) return 0;
  const length = u16(bytes, at + 2);
  return length >= 7 && bytes[at + 4]! >= 2 && bytes[at + 4]! + 5 <= length && isCotp(bytes[at + 5]!) ? length : -1;
}

const isCotp = (type: number): boolean =>
  type === COTP_CONNECT || type === COTP_CONFIRM || type === COTP_DATA || type === 0x80 || type === 0x70;

/** The COTP type of the TPKT at `at`. */
export const cotpType = (bytes: Uint8Array, at: number): number => bytes[at + 5]!;

/** Where the user data of the TPKT at `at` begins. */
export const cotpDataStart = (bytes: Uint8Array, at: number): number => at + TPKT_LEN + 1 + bytes[at + 4]!;

/** Is the whole TPKT at `at` a connect request or confirmation with at least one selector, its parameters ending where it ends? */
export function hasCotpSelectors(bytes: Uint8Array, at: number): boolean {
  const end = at + u16(bytes, at + 2);
  if (bytes[at + 4]! + 5 !== u16(bytes, at + 2) || bytes[at + 4]! < 9) return false;
  let selectors = 0;
  let next = at + 11;
  while (next + 2 <= end) {
    const kind = bytes[next]!;
    if (kind === CALLING || kind === CALLED) selectors += 1;
    else if (kind !== TPDU_SIZE && (kind < 0x80 || kind > 0xf0)) return false;
    next += 2 + bytes[next + 1]!;
  }
  return next === end && selectors > 0;
}
