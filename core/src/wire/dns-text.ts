// DNS names and character strings as text. Owns: escaping. Allocates: for events, never per packet without one.
// Must not know: which message they come from. Bound: a checked name is at most 255 bytes, so at most 1,020 characters.
import { u16 } from './bytes.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The name at `at` in presentation form, without the final dot; the root is ".". Dots and backslashes inside a label are escaped
 * with a backslash, bytes that are no printable ASCII become \DDD (RFC 1035 section 5.1, RFC 4343 section 2.1).
 * Rule: `dnsNameEnd` has found the name whole.
 * @param unicode labels are UTF-8 and may hold spaces (mDNS, RFC 6762 section 16; LLMNR, RFC 4795 section 2.1). The caller
 * still has to pass the result through `safeText`.
 */
export function dnsNameText(bytes: Uint8Array, start: number, at: number, unicode = false): string {
  const length = plainName(bytes, start, at);
  if (length > 0) return plain.toString('latin1', 0, length);
  let text = '';
  let cursor = at;
  for (;;) {
    const label = bytes[cursor]!;
    if (label === 0) return text === '' ? '.' : text;
    if (label >= 0xc0) {
      cursor = start + (u16(bytes, cursor) & 0x3fff);
      continue;
    }
    if (text !== '') text += '.';
    text += labelText(bytes, cursor + 1, cursor + 1 + label, unicode);
    cursor += label + 1;
  }
}

const QUOTE = 0x22;
const plain = Buffer.alloc(256);

/** Puts the name into `plain` if nothing in it needs escaping. @returns its length, or 0: it does, or it is the root. */
function plainName(bytes: Uint8Array, start: number, at: number): number {
  let length = 0;
  let cursor = at;
  for (;;) {
    const label = bytes[cursor]!;
    if (label === 0) return length;
    if (label >= 0xc0) {
      cursor = start + (u16(bytes, cursor) & 0x3fff);
      continue;
    }
    if (length > 0) plain[length++] = 0x2e;
    for (let i = cursor + 1; i <= cursor + label; i++) {
      const byte = bytes[i]!;
      if (byte <= 0x20 || byte >= 0x7f || byte === 0x2e || byte === 0x5c) return 0;
      plain[length++] = byte;
    }
    cursor += label + 1;
  }
}

/** Puts [at, end) in quotes into `plain` if nothing in it needs escaping. @returns the length, or 0: it does, or there is no room. */
function plainString(bytes: Uint8Array, at: number, end: number): number {
  if (end - at + 2 > plain.length) return 0;
  let length = 0;
  plain[length++] = QUOTE;
  for (let i = at; i < end; i++) {
    const byte = bytes[i]!;
    if (byte < 0x20 || byte >= 0x7f || byte === QUOTE || byte === 0x5c) return 0;
    plain[length++] = byte;
  }
  plain[length++] = QUOTE;
  return length;
}

function labelText(bytes: Uint8Array, at: number, end: number, unicode: boolean): string {
  if (unicode) {
    try {
      return UTF8.decode(bytes.subarray(at, end)).replace(/[.\\]/g, '\\$&');
    } catch {
      // Not UTF-8 after all: as bytes.
    }
  }
  let text = '';
  for (let i = at; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === 0x2e || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    else text += byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : decimalEscape(byte);
  }
  return text;
}

/** A character string as in a zone file: in quotes, with `"`, `\` and unprintable bytes escaped (RFC 1035 section 5.1). */
export function quotedText(bytes: Uint8Array, at: number, end: number): string {
  const length = plainString(bytes, at, end);
  if (length > 0) return plain.toString('latin1', 0, length);
  let text = '"';
  for (let i = at; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === 0x22 || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    else text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : decimalEscape(byte);
  }
  return `${text}"`;
}

/** Lower-case hexadecimal digits of at most `limit` bytes, then "…". */
export function hexText(bytes: Uint8Array, at: number, end: number, limit = 32): string {
  let text = '';
  for (let i = at; i < end && i < at + limit; i++) text += bytes[i]!.toString(16).padStart(2, '0');
  return end - at > limit ? `${text}…` : text;
}

const decimalEscape = (byte: number): string => `\\${String(byte).padStart(3, '0')}`;
