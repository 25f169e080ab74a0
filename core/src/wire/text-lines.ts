// Protocols of text lines: SMTP, FTP, IMAP, POP3, NNTP, IRC and their kind. Owns: where a line ends, reply codes, command words,
// feeding whole lines to a reader. Must not know: which protocol it is. Bound: a line without an end after 2,048 bytes is let go.
/** @hot */
import { asciiBytes, indexOfByte, isDigit, lower } from './match.js';

const LF = 10;
const CR = 13;
const SPACE = 32;
const DASH = 0x2d;
const MAX_LINE_BYTES = 2_048;
/** Greetings and commands are far shorter: RFC 5321 section 4.5.3.1 has 512. */
const MAX_UNFINISHED_BYTES = 1_024;

/** How far bytes agree with what is looked for: not, as far as they go, wholly. The numbers are those of a verdict. */
export type Agreement = 0 | 1 | 2;

/** Do bytes[start, end) begin with `word`? 1: they end before it does. */
export function agreesWith(bytes: Uint8Array, start: number, end: number, word: Uint8Array): Agreement {
  const length = Math.min(end - start, word.length);
  for (let i = 0; i < length; i++) if (bytes[start + i] !== word[i]) return 0;
  return length === word.length ? 2 : 1;
}

/** The same whatever the case; `word` in lower case, ASCII. */
export function agreesWithWord(bytes: Uint8Array, start: number, end: number, word: Uint8Array): Agreement {
  const length = Math.min(end - start, word.length);
  for (let i = 0; i < length; i++) if (lower(bytes[start + i]!) !== word[i]) return 0;
  return length === word.length ? 2 : 1;
}

/** Just after the first LF of [start, end), else -1. */
export function lineStop(bytes: Uint8Array, start: number, end: number): number {
  const at = indexOfByte(bytes, start, end, LF);
  return at < 0 ? -1 : at + 1;
}

/** Where the text of the line [start, stop) ends: without LF and the CR before it. */
export function lineTextEnd(bytes: Uint8Array, start: number, stop: number): number {
  let end = stop;
  if (end > start && bytes[end - 1] === LF) end--;
  if (end > start && bytes[end - 1] === CR) end--;
  return end;
}

/** Does [start, end) end in CR LF? */
export const endsInCrLf = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start >= 2 && bytes[end - 1] === LF && bytes[end - 2] === CR;

/** No control characters but tab, CR and LF; bytes from 0x80 are text of some character set. */
export function isLineText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if ((byte < 0x20 && byte !== 9 && byte !== LF && byte !== CR) || byte === 0x7f) return false;
  }
  return true;
}

/** Three digits, 1 to 5 first, and a space, a dash or the end of the line behind them: their number, else -1. */
export function replyCodeAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 4) return -1;
  const first = bytes[start]! - 0x30;
  if (first < 1 || first > 5 || !isDigit(bytes[start + 1]) || !isDigit(bytes[start + 2])) return -1;
  const behind = bytes[start + 3]!;
  if (behind !== SPACE && behind !== DASH && behind !== CR) return -1;
  return first * 100 + (bytes[start + 1]! - 0x30) * 10 + bytes[start + 2]! - 0x30;
}

/**
 * A reply of which nothing is missing: a code, a space or a dash, text with a letter in it, CR LF at `end`. Behind a dash lines may
 * follow that begin as they like (FTP's), behind a space only those of further replies.
 */
export function isWholeReply(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 8 || replyCodeAt(bytes, start, end) < 0 || bytes[start + 3] === CR) return false;
  if (!endsInCrLf(bytes, start, end) || !isLineText(bytes, start, end) || !hasLetter(bytes, start + 4, end))
    return false;
  let isFree = false;
  for (let at = start; at >= 0 && at < end; at = lineStop(bytes, at, end)) {
    if (replyCodeAt(bytes, at, end) < 0) {
      if (!isFree) return false;
    } else isFree = bytes[at + 3] === DASH;
  }
  return true;
}

function hasLetter(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const letter = lower(bytes[at]!);
    if ((letter >= 0x61 && letter <= 0x7a) || letter >= 0x80) return true;
  }
  return false;
}

/** May [start, end) still become a reply line: digits so far, or a code and text without a line end? */
export function mayBecomeReply(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end && at < start + 3; at++) if (!isDigit(bytes[at])) return false;
  if (end - start < 4) return end > start;
  return replyCodeAt(bytes, start, end) > 0 && isUnfinishedLine(bytes, start, end);
}

/** Which of `words` (lower case) begins [start, end) and ends there, before a space or at the end of the line; else -1. */
export function wordAt(bytes: Uint8Array, start: number, end: number, words: readonly Uint8Array[]): number {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const stop = start + word.length;
    if (stop > end || agreesWithWord(bytes, start, end, word) !== 2) continue;
    const behind = stop < end ? bytes[stop]! : SPACE;
    if (behind === SPACE || behind === CR || behind === LF) return i;
  }
  return -1;
}

/** Where `word` (lower case) first is in [start, end) whatever the case, else -1. */
export function indexOfWord(bytes: Uint8Array, start: number, end: number, word: Uint8Array): number {
  const last = end - word.length;
  for (let at = start; at <= last; at++) if (agreesWithWord(bytes, at, end, word) === 2) return at;
  return -1;
}

/** Words as `wordAt` wants them. */
export const wordList = (...words: readonly string[]): readonly Uint8Array[] => words.map(asciiBytes);

/**
 * May [start, end) still become a line of printable text: nothing but text so far, and no line end? Asked again with every segment,
 * so it gives up after MAX_UNFINISHED_BYTES.
 */
export function isUnfinishedLine(bytes: Uint8Array, start: number, end: number): boolean {
  if (end <= start || end - start >= MAX_UNFINISHED_BYTES) return false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if ((byte < 0x20 && byte !== 9 && byte !== CR) || byte === 0x7f) return false;
  }
  return true;
}

export interface LineTaker {
  /**
   * One line, [start, end) without its end.
   * @returns 0: the next line. 1: stop behind this line. Negative: given to the caller of `takeLines` as it is.
   */
  line(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number;
}

/** Gives every whole line of [start, end) to `taker`. @returns bytes used, or the negative number `taker` gave. */
export function takeLines(
  taker: LineTaker,
  bytes: Uint8Array,
  start: number,
  end: number,
  fromClient: boolean,
): number {
  let at = start;
  while (at < end) {
    const stop = lineStop(bytes, at, end);
    if (stop < 0) return end - at > MAX_LINE_BYTES ? end - start : at - start;
    const verdict = taker.line(bytes, at, lineTextEnd(bytes, at, stop), fromClient);
    if (verdict < 0) return verdict;
    at = stop;
    if (verdict > 0) break;
  }
  return at - start;
}
