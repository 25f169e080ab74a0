// RESP, the serialisation of Redis (redis.io/docs/reference/protocol-spec). Owns: what a value of each type looks like, and the words
// of a command. Bound: 16 words, values nested 4 deep, 64 elements.
/** @hot */
import { decimalOf } from './match.js';

const CR = 0x0d;
const LF = 0x0a;
const MAX_WORDS = 16;
const MAX_ELEMENTS = 64;
const MAX_LENGTH = 536_870_912;

/** Where the words of the last command were: one for all, read it before the next call. */
export const respWords = {
  count: 0,
  starts: new Int32Array(MAX_WORDS),
  ends: new Int32Array(MAX_WORDS),
};

/** Where the line at `at` ends (its CR); `end` when CR LF is not there yet; -1 when it is no line of at most `most` bytes. */
export function respLineEnd(bytes: Uint8Array, at: number, end: number, most: number): number {
  const stop = Math.min(end, at + most);
  for (let i = at; i < stop; i++) {
    const byte = bytes[i]!;
    if (byte === CR) return i + 1 >= end ? end : bytes[i + 1] === LF ? i : -1;
    if (byte < 0x20 || byte > 0x7e) return -1;
  }
  return stop === end ? end : -1;
}

/**
 * The command at `at`: an array of bulk strings. Its words are in `respWords` (a last one may be cut short).
 * @returns its length; 0 when more has to come; -1 when it is none.
 */
export function respCommand(bytes: Uint8Array, at: number, end: number): number {
  respWords.count = 0;
  if (at >= end) return 0;
  if (bytes[at] !== 0x2a) return -1;
  const line = respLineEnd(bytes, at + 1, end, 10);
  if (line < 0) return -1;
  if (line === end) return onlyDigits(bytes, at + 1, end) ? 0 : -1;
  const count = decimalOf(bytes, at + 1, line);
  if (count < 1 || count > 1_048_576) return -1;
  let next = line + 2;
  for (let i = 0; i < count; i++) {
    if (next >= end) return 0;
    if (bytes[next] !== 0x24) return -1;
    const size = respLineEnd(bytes, next + 1, end, 12);
    if (size < 0) return -1;
    if (size === end) return onlyDigits(bytes, next + 1, end) ? 0 : -1;
    const length = decimalOf(bytes, next + 1, size);
    if (length < 0 || length > MAX_LENGTH) return -1;
    const start = size + 2;
    const stop = start + length;
    if (respWords.count < MAX_WORDS) {
      respWords.starts[respWords.count] = start;
      respWords.ends[respWords.count] = Math.min(stop, end);
      respWords.count += 1;
    }
    if (stop + 2 > end) return stop < end && bytes[stop] !== CR ? -1 : 0;
    if (bytes[stop] !== CR || bytes[stop + 1] !== LF) return -1;
    next = stop + 2;
  }
  return next - at;
}

/** Digits, and behind them at most a CR whose LF is still missing. */
function onlyDigits(bytes: Uint8Array, at: number, end: number): boolean {
  for (let i = at; i < end; i++) {
    const digit = bytes[i]! - 0x30;
    if ((digit < 0 || digit > 9) && !(i === end - 1 && i > at && bytes[i] === CR)) return false;
  }
  return true;
}

/**
 * The value at `at`, of any type a server sends (RESP2 and RESP3).
 * @returns its length; 0 when more has to come; -1 when it is none.
 */
export function respValue(bytes: Uint8Array, at: number, end: number, depth = 0): number {
  if (at >= end) return 0;
  const line = respLineEnd(bytes, at + 1, end, 4096);
  if (line < 0) return -1;
  if (line === end) return TYPES[bytes[at]!] === 1 ? 0 : -1;
  switch (bytes[at]) {
    case 0x2b: // +
    case 0x2d: // -
      return line > at + 1 ? line + 2 - at : -1;
    case 0x3a: // :
      return isNumber(bytes, at + 1, line) ? line + 2 - at : -1;
    case 0x5f: // _
      return line === at + 1 ? 3 : -1;
    case 0x23: // #
      return line === at + 2 && (bytes[at + 1] === 0x74 || bytes[at + 1] === 0x66) ? 4 : -1;
    case 0x24: // $
    case 0x3d: // =
    case 0x21: // !
      return bulkLength(bytes, at, line, end);
    case 0x2a: // *
    case 0x7e: // ~
    case 0x3e: // >
      return nestedLength(bytes, at, line, end, 1, depth);
    case 0x25: // %
      return nestedLength(bytes, at, line, end, 2, depth);
    default:
      return -1;
  }
}

const TYPES = new Uint8Array(256);
for (const letter of '+-:_#$=!*~>%') TYPES[letter.charCodeAt(0)] = 1;

function isNumber(bytes: Uint8Array, at: number, end: number): boolean {
  return decimalOf(bytes, bytes[at] === 0x2d ? at + 1 : at, end) >= 0;
}

const isMinusOne = (bytes: Uint8Array, at: number, end: number): boolean =>
  end === at + 2 && bytes[at] === 0x2d && bytes[at + 1] === 0x31;

function bulkLength(bytes: Uint8Array, at: number, line: number, end: number): number {
  if (isMinusOne(bytes, at + 1, line)) return line + 2 - at;
  const length = decimalOf(bytes, at + 1, line);
  if (length < 0 || length > MAX_LENGTH) return -1;
  const stop = line + 2 + length;
  if (stop + 2 > end) return stop < end && bytes[stop] !== CR ? -1 : 0;
  return bytes[stop] === CR && bytes[stop + 1] === LF ? stop + 2 - at : -1;
}

function nestedLength(
  bytes: Uint8Array,
  at: number,
  line: number,
  end: number,
  valuesEach: number,
  depth: number,
): number {
  if (isMinusOne(bytes, at + 1, line)) return line + 2 - at;
  const count = decimalOf(bytes, at + 1, line) * valuesEach;
  if (count < 0) return -1;
  if (depth >= 4 || count > MAX_ELEMENTS) return 0;
  let next = line + 2;
  for (let i = 0; i < count; i++) {
    const length = respValue(bytes, next, end, depth + 1);
    if (length <= 0) return length;
    next += length;
  }
  return next - at;
}
