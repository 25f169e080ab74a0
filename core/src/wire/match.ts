// Comparing and scanning bytes somebody else owns: what recognisers and text protocols share. Nothing reads outside [start, end),
// nothing allocates but the functions that give text.
/** @hot */

/** The bytes of an ASCII text, once, at start-up. */
export const asciiBytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0xff);

/** Do bytes[start, end) begin with all of `word`? */
export function beginsWith(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  if (end - start < word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}

/** The same whatever the case; `word` in lower case, ASCII. */
export function beginsWithWord(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  if (end - start < word.length) return false;
  for (let i = 0; i < word.length; i++) if (lower(bytes[start + i]!) !== word[i]) return false;
  return true;
}

/** Is bytes[start, end) a beginning of `word`, or `word` a beginning of it? For UNSURE: more may follow. */
export function mayBegin(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  const length = Math.min(end - start, word.length);
  for (let i = 0; i < length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}

/** Where `byte` first is in [start, end), else -1. */
export function indexOfByte(bytes: Uint8Array, start: number, end: number, byte: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === byte) return at;
  return -1;
}

/** Where all of `word` first is in [start, end), else -1. */
export function indexOfBytes(bytes: Uint8Array, start: number, end: number, word: Uint8Array): number {
  const last = end - word.length;
  for (let at = start; at <= last; at++) {
    let i = 0;
    while (i < word.length && bytes[at + i] === word[i]) i++;
    if (i === word.length) return at;
  }
  return -1;
}

/** Are all of [start, end) printable ASCII, tab, CR or LF? */
export function isText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if ((byte < 0x20 || byte > 0x7e) && byte !== 9 && byte !== 10 && byte !== 13) return false;
  }
  return true;
}

/** The decimal number in [start, end): digits only, at most 15; else -1. */
export function decimalOf(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > 15) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

export const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
export const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

/** Of so few bytes a loop is done before a call out of JavaScript has begun; of more it makes a string a byte. */
const FEW_BYTES = 5;
const latin1Slice = Buffer.prototype.latin1Slice;

/** [start, end) as text, a character a byte, at most `maxLength`. Not yet safe for a screen. */
export function latin1Text(bytes: Uint8Array, start: number, end: number, maxLength = 256): string {
  const stop = Math.min(end, start + maxLength);
  if (stop - start > FEW_BYTES && start >= 0 && stop <= bytes.length) return latin1Slice.call(bytes, start, stop);
  let text = '';
  for (let at = start; at < stop; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}

const UTF8 = new TextDecoder();

/** [start, end) as UTF-8, at most `maxBytes`; what is none becomes U+FFFD. Not yet safe for a screen. */
export function utf8Text(bytes: Uint8Array, start: number, end: number, maxBytes = 256): string {
  const stop = Math.min(end, start + maxBytes, bytes.length);
  return start >= 0 && isAscii(bytes, start, stop)
    ? latin1Text(bytes, start, stop, maxBytes)
    : UTF8.decode(bytes.subarray(start, stop));
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! > 0x7f) return false;
  return true;
}
