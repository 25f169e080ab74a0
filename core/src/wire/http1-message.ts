// What is kept of the head of an HTTP/1.x message, and how its header fields are read. Owns: which fields count, and what they say
// about the length of the body. Must not know: connections, pairs of messages. Bound: MAX_FIELD_BYTES of each value.
// RFC 9110 section 5, RFC 9112 sections 5 and 6.
import { asciiBytes, beginsWithWord, indexOfByte, lower, utf8Text } from './match.js';

/** Bytes kept of one value, of the target too. */
export const MAX_FIELD_BYTES = 1_024;

export const FIELD_OTHER = 0;
const FIELD_HOST = 1;
const FIELD_USER_AGENT = 2;
const FIELD_SERVER = 3;
const FIELD_CONTENT_TYPE = 4;
const FIELD_CONTENT_LENGTH = 5;
const FIELD_TRANSFER_ENCODING = 6;
const FIELD_CONNECTION = 7;
const FIELD_UPGRADE = 8;
const FIELD_ICY = 9;
const FIELD_X_ELASTIC_PRODUCT = 10;
const FIELD_AUTHORIZATION = 11;

interface FieldName {
  readonly name: Uint8Array;
  readonly field: number;
}

/** Field names that count, by length. */
const NAMES: readonly (readonly FieldName[])[] = namesByLength([
  ['host', FIELD_HOST],
  ['user-agent', FIELD_USER_AGENT],
  ['server', FIELD_SERVER],
  ['content-type', FIELD_CONTENT_TYPE],
  ['content-length', FIELD_CONTENT_LENGTH],
  ['transfer-encoding', FIELD_TRANSFER_ENCODING],
  ['connection', FIELD_CONNECTION],
  ['upgrade', FIELD_UPGRADE],
  ['icy-name', FIELD_ICY],
  ['icy-metaint', FIELD_ICY],
  ['icy-br', FIELD_ICY],
  ['x-elastic-product', FIELD_X_ELASTIC_PRODUCT],
  ['authorization', FIELD_AUTHORIZATION],
]);

function namesByLength(names: readonly (readonly [string, number])[]): FieldName[][] {
  const longest = Math.max(...names.map(([name]) => name.length));
  const byLength: FieldName[][] = Array.from({ length: longest + 1 }, () => []);
  for (const [name, field] of names) byLength[name.length]!.push({ name: asciiBytes(name), field });
  return byLength;
}

/** Which field the name in [start, end) is. Blanks before the colon, which nobody should send, are left out. */
export function fieldOf(bytes: Uint8Array, start: number, end: number): number {
  let stop = end;
  while (stop > start && isBlank(bytes[stop - 1]!)) stop--;
  const candidates = NAMES[stop - start];
  if (candidates === undefined) return FIELD_OTHER;
  const first = lower(bytes[start]!);
  for (let i = 0; i < candidates.length; i++) {
    const { name, field } = candidates[i]!;
    if (name[0] === first && beginsWithWord(bytes, start, stop, name)) return field;
  }
  return FIELD_OTHER;
}

export const isBlank = (byte: number): boolean => byte === 0x20 || byte === 9;

/** The value in [start, end) without blanks around it. Not yet safe for a screen. */
export function fieldText(bytes: Uint8Array, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(bytes[from]!)) from++;
  while (to > from && isBlank(bytes[to - 1]!)) to--;
  return textOf(bytes, from, to);
}

/** UTF-8 where there is more than ASCII; at most MAX_FIELD_BYTES. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return utf8Text(bytes, start, end, MAX_FIELD_BYTES);
}

/** Content-Length was not sent. */
export const NO_LENGTH = -1;
/** Content-Length contradicts itself or is no number. */
export const BAD_LENGTH = -2;

/** One message as its head says. Strings are empty when the field was not sent, and not yet safe for a screen. One instance a side serves all its messages. */
export class Http1Message {
  isRequest = false;
  /** Major times ten plus minor: 11. 9 for a request without a version. */
  version = 0;
  method = '';
  /** As it was sent: path, absolute URI, authority or "*". */
  target = '';
  status = 0;
  host = '';
  userAgent = '';
  server = '';
  contentType = '';
  upgrade = '';
  /** Who logged in with a password anybody can read (Basic); the password is never kept. */
  userName = '';
  contentLength = NO_LENGTH;
  isChunked = false;
  /** A transfer coding other than chunked comes last: the body ends with the connection. */
  hasOtherCoding = false;
  saysClose = false;
  saysKeepAlive = false;
  /** Header fields of SHOUTcast. */
  isIcy = false;
  isElastic = false;

  reset(): void {
    this.method = this.target = this.host = this.userAgent = this.server = this.contentType = this.upgrade = '';
    this.userName = '';
    this.status = 0;
    this.contentLength = NO_LENGTH;
    this.isChunked = this.hasOtherCoding = this.saysClose = this.saysKeepAlive = this.isIcy = this.isElastic = false;
  }

  /** The first of several fields of a name stands, but for those that say how long the body is. */
  setField(field: number, value: string): void {
    switch (field) {
      case FIELD_HOST:
        this.host ||= value;
        return;
      case FIELD_USER_AGENT:
        this.userAgent ||= value;
        return;
      case FIELD_SERVER:
        this.server ||= value;
        return;
      case FIELD_CONTENT_TYPE:
        this.contentType ||= value;
        return;
      case FIELD_UPGRADE:
        this.upgrade ||= value;
        return;
      case FIELD_AUTHORIZATION:
        this.userName ||= basicUser(value);
        return;
      case FIELD_CONTENT_LENGTH:
        this.#setLength(value);
        return;
      case FIELD_TRANSFER_ENCODING:
        this.isChunked = value === 'chunked' || /(^|[,\s])chunked$/i.test(value);
        this.hasOtherCoding = !this.isChunked && !/^identity$/i.test(value);
        return;
      case FIELD_CONNECTION:
        this.#setConnection(value);
        return;
      case FIELD_ICY:
        this.isIcy = true;
        return;
      case FIELD_X_ELASTIC_PRODUCT:
        this.isElastic = true;
        return;
    }
  }

  /** Nearly all say one word, in one of these ways. */
  #setConnection(value: string): void {
    if (value === 'keep-alive' || value === 'Keep-Alive') this.saysKeepAlive = true;
    else if (value === 'close' || value === 'Close') this.saysClose = true;
    else {
      this.saysClose ||= /(^|[,\s])close([,\s]|$)/i.test(value);
      this.saysKeepAlive ||= /(^|[,\s])keep-alive([,\s]|$)/i.test(value);
    }
  }

  /** "5, 5" is 5 (RFC 9110 section 8.6). */
  #setLength(value: string): void {
    if (/^\d{1,15}$/.test(value) && this.contentLength === NO_LENGTH) {
      this.contentLength = Number(value);
      return;
    }
    for (const part of value.split(',')) {
      const digits = part.trim();
      const length = /^\d{1,15}$/.test(digits) ? Number(digits) : BAD_LENGTH;
      this.contentLength = this.contentLength === NO_LENGTH || this.contentLength === length ? length : BAD_LENGTH;
    }
  }
}

/**
 * The header fields in [at, end), which is all there is: a datagram, or a head that is whole. Lines that are no fields are passed over.
 * @returns the offset after the empty line, or -1 when there is none.
 */
export function readHeaderFields(bytes: Uint8Array, at: number, end: number, message: Http1Message): number {
  let lineAt = at;
  while (lineAt < end) {
    const feed = indexOfByte(bytes, lineAt, end, 0x0a);
    const lineEnd = feed < 0 ? end : feed;
    const stop = lineEnd > lineAt && bytes[lineEnd - 1] === 0x0d ? lineEnd - 1 : lineEnd;
    if (stop === lineAt) return Math.min(lineEnd + 1, end);
    const colon = indexOfByte(bytes, lineAt, stop, 0x3a);
    const field = colon < 0 ? FIELD_OTHER : fieldOf(bytes, lineAt, colon);
    if (field !== FIELD_OTHER) message.setField(field, fieldText(bytes, colon + 1, stop));
    lineAt = lineEnd + 1;
  }
  return -1;
}

/** The name in "Basic" and the base64 of name, colon and password (RFC 7617); '' for every other scheme. */
function basicUser(value: string): string {
  if (!/^basic +[a-z0-9+/=]+$/i.test(value)) return '';
  const bytes = Buffer.from(value.slice(6), 'base64');
  const colon = bytes.indexOf(0x3a);
  // The password behind the colon is never made a string.
  return colon < 0 ? '' : utf8Text(bytes, 0, colon, 128);
}
