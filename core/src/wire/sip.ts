// SIP start lines (RFC 3261 section 7) and the header fields that name people and programs. Owns: recognition and finding values.
// Must not know flows. Bound: the first 8 KiB of a message.
import { u32 } from './bytes.js';
import { asciiBytes, beginsWith, indexOfByte, indexOfBytes, isDigit, latin1Text, lower } from './match.js';

/** Longest request line that is waited for in a stream. */
const MAX_LINE_BYTES = 2048;
const MAX_HEAD_BYTES = 8192;
const STATUS = asciiBytes('SIP/2.0 ');
const VERSION = asciiBytes(' SIP/2.0');
const VIA = asciiBytes('Via: SIP/2.0/');
const VIA_SHORT = asciiBytes('\nv: SIP/2.0/');
const HEAD_END = asciiBytes('\r\n\r\n');
const NAMES_MAX = 20;

export const SIP_NOT = 0;
export const SIP_PARTLY = 1;
export const SIP_REQUEST = 2;
export const SIP_RESPONSE = 3;
/** Not a start line, but header fields only SIP has: what is left of a message, or one with rubbish before it. */
export const SIP_HEADERS = 4;

/** What bytes[start, end) begin with: SIP_REQUEST, SIP_RESPONSE, SIP_HEADERS, SIP_PARTLY when more could make it one, or SIP_NOT. */
export function sipKind(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < STATUS.length) return isUpper(bytes[start]!) ? SIP_PARTLY : SIP_NOT;
  if (beginsWith(bytes, start, end, STATUS)) {
    if (end - start < 12) return SIP_PARTLY;
    return isDigit(bytes[start + 8]) && isDigit(bytes[start + 9]) && isDigit(bytes[start + 10])
      ? SIP_RESPONSE
      : SIP_NOT;
  }
  const word = wordEnd(bytes, start, end);
  if (word < 0) return SIP_NOT;
  const lineEnd = indexOfByte(bytes, start, Math.min(end, start + MAX_LINE_BYTES), 10);
  if (lineEnd < 0) {
    if (end - start >= MAX_LINE_BYTES) return SIP_NOT;
    return word === end || mayBeUri(bytes, word + 1, end) ? SIP_PARTLY : SIP_NOT;
  }
  const stop = bytes[lineEnd - 1] === 13 ? lineEnd - 1 : lineEnd;
  const version = stop - VERSION.length;
  return version > word && beginsWith(bytes, version, stop, VERSION) ? SIP_REQUEST : SIP_NOT;
}

/** The same for a datagram, which may be damaged at its beginning: a Via field with the version is enough. */
export function sipDatagramKind(bytes: Uint8Array, start: number, end: number): number {
  const kind = sipKind(bytes, start, end);
  if (kind >= SIP_REQUEST) return kind;
  const stop = Math.min(end, start + 512);
  if (indexOfBytes(bytes, start, stop, VIA) >= 0 || indexOfBytes(bytes, start, stop, VIA_SHORT) >= 0)
    return SIP_HEADERS;
  return SIP_NOT;
}

/** End of the method: 3-12 capitals and a space behind; `end` when it is not all there; -1 when it is none. */
function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && at - start <= 12 && isUpper(bytes[at]!)) at++;
  if (at === end) return end;
  return at - start >= 3 && bytes[at] === 0x20 ? at : -1;
}

const isUpper = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;

/** sip:, sips:, tel: or a beginning of them. */
function mayBeUri(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 4 > end) return true;
  const word = u32(bytes, at) | 0x20202000;
  return word === 0x7369703a || word === (0x74656c3a | 0) || (word | 0x20) === 0x73697073;
}

/** Where the header fields end: offset behind the empty line, or -1. */
export function sipHeadEnd(bytes: Uint8Array, start: number, end: number): number {
  const at = indexOfBytes(bytes, start, Math.min(end, start + MAX_HEAD_BYTES), HEAD_END);
  return at < 0 ? -1 : at + HEAD_END.length;
}

/** Value of the first field called `name` or `short` (RFC 3261 section 7.3.3), both lower case, as text; undefined when there is none. */
export function sipField(
  bytes: Uint8Array,
  start: number,
  end: number,
  name: string,
  short: string,
): string | undefined {
  let line = start;
  while (line < end) {
    const found = indexOfByte(bytes, line, end, 10);
    const lineEnd = found < 0 ? end : found;
    const colon = indexOfByte(bytes, line, Math.min(lineEnd, line + NAMES_MAX), 0x3a);
    if (colon > line && (isName(bytes, line, colon, name) || isName(bytes, line, colon, short)))
      return latin1Text(bytes, colon + 1, bytes[lineEnd - 1] === 13 ? lineEnd - 1 : lineEnd).trim();
    line = lineEnd + 1;
  }
  return undefined;
}

function isName(bytes: Uint8Array, start: number, colon: number, name: string): boolean {
  let end = colon;
  while (end > start && bytes[end - 1] === 0x20) end--;
  if (name === '' || end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (lower(bytes[start + i]!) !== name.charCodeAt(i)) return false;
  return true;
}
