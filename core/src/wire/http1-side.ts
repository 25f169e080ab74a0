// One side of an HTTP/1.x connection, byte by byte: the heads of its messages one after the other, their bodies passed over.
// Owns: where messages begin and end, and finding the next one after bytes were lost. Must not know: which request a response
// belongs to (the listener does), flows, events. Bound: one Http1Message and the line that is not whole yet, LONG_LINE_BYTES.
// RFC 9112 sections 2.2, 6 and 7.1.
import { FIELD_OTHER, fieldOf, fieldText, Http1Message, isBlank, textOf } from './http1-message.js';
import {
  hasKnownMethod,
  http1Start,
  LONG_START_LINE_BYTES,
  readStartLine,
  START_MAYBE,
  START_NONE,
  START_REQUEST,
  START_RESPONSE,
  START_SIMPLE,
  type StartKind,
  StartLine,
} from './http1-start.js';
import { asciiBytes, beginsWith, mayBegin } from './match.js';

/** A header line that is longer is taken as far as it came, the rest of it is passed over. */
const LONG_LINE_BYTES = 8_192;
/** Digits of a chunk size: 2^48 bytes in one chunk are more than there will be. */
const MAX_CHUNK_DIGITS = 12;

/** What follows a head. */
/** A body as the head says. */
export const AFTER_BODY = 0;
/** No body whatever the head says: HEAD, 1xx, 204, 304. */
export const AFTER_NOTHING = 1;
/** Something else than HTTP, or that is not known yet: nothing more is read until `release`. */
export const AFTER_HOLD = 2;

export interface Http1Listener {
  /** The head of a message is complete, or all of it that will come. `message` is valid until the call returns. */
  head(message: Http1Message, side: Http1Side): typeof AFTER_BODY | typeof AFTER_NOTHING | typeof AFTER_HOLD;
  /** The body of the message told last has come to its end, if it has one; not called when it ends with the connection. */
  bodyEnded(side: Http1Side): void;
  /** Bytes of the head or body of the message told last were lost. */
  bytesLost(side: Http1Side): void;
}

const AT_START = 0;
const AT_FIELDS = 1;
/** In a line whose beginning was taken already. */
const AT_LONG_LINE = 2;
const AT_CHUNK_SIZE = 3;
const AT_TRAILERS = 4;
/** Where the next message begins is not known: it is looked for at the beginning of each piece of bytes. */
const LOST = 5;
const HELD = 6;
/** The rest of this side is one body. */
const AT_REST = 7;
/** In a body, or a chunk of one, of known length. */
const AT_BODY = 8;
const AT_CHUNK = 9;
/** What is longer is passed over unseen but for its last byte; what is shorter is followed, so that holes in it are known. */
const FOLLOWED_BYTES = 131_072;
/** Of a start line that is not whole so much is kept: all there is when the rest was not captured. */
const KEPT_START_BYTES = 512;
const ENOUGH_START_BYTES = 16;

const LF = 0x0a;
const CR = 0x0d;
const VERSION = asciiBytes('HTTP/1.');
const line = new StartLine();

export class Http1Side {
  readonly #listener: Http1Listener;
  readonly #message = new Http1Message();
  #state = AT_START;
  /** Bytes of the unfinished line that were searched for its end already. */
  #searched = 0;
  /** The field whose value may go on in the next line (obs-fold). */
  #field = FIELD_OTHER;
  #value = '';
  /** Bytes to the end of the body or chunk. */
  #bodyLeft = 0;
  #begunStart: Uint8Array | undefined;
  /** What this side sends, once it is known: 1 requests, 2 responses. */
  #role = 0;

  constructor(listener: Http1Listener) {
    this.#listener = listener;
  }

  get sendsRequests(): boolean {
    return this.#role === 1;
  }

  /** Messages may have been missed. */
  get isLost(): boolean {
    return this.#state === LOST;
  }

  /** After AFTER_HOLD: it goes on with HTTP after all. */
  release(): void {
    if (this.#state === HELD) this.#state = AT_START;
  }

  /**
   * The bytes after those used before.
   * @returns how many are used; more than there are: so many of the following are of no interest.
   */
  read(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      if (this.#state === HELD) return at - start;
      if (this.#state === AT_REST) return Number.MAX_SAFE_INTEGER;
      if (this.#state === LOST) {
        if (!this.#isFound(bytes, at, end)) return end - start;
        if (this.#state === LOST) return at - start;
      }
      if (this.#isInBody) {
        at = this.#followBody(at, end);
        continue;
      }
      if (this.#state === AT_START || this.#state === AT_CHUNK_SIZE) {
        while (at < end && (bytes[at] === CR || bytes[at] === LF)) at++;
        if (at === end) break;
      }
      const next = this.#readLine(bytes, at, end);
      if (next === at && this.#state !== LOST) break;
      at = next;
    }
    if (this.#state === AT_REST) return Number.MAX_SAFE_INTEGER;
    if (this.#isInBody && at === end && this.#bodyLeft > FOLLOWED_BYTES) at = this.#followBody(at, end);
    return at - start;
  }

  get #isInBody(): boolean {
    return this.#state === AT_BODY || this.#state === AT_CHUNK;
  }

  /** `missingBytes` of this side were lost. A head that had begun is all there is of it; in a body the way is not lost. */
  gap(missingBytes: number): void {
    this.end();
    this.#listener.bytesLost(this);
    if (this.#state === HELD || this.#state === AT_REST) return;
    if (!this.#isInBody || missingBytes > this.#bodyLeft) this.#state = LOST;
    else this.#followBody(0, missingBytes);
  }

  /** Nothing more will come. */
  end(): void {
    const begun = this.#begunStart;
    if (this.#state === AT_START && begun !== undefined) this.#takeBegunStart(begun);
    if (this.#state === AT_FIELDS || this.#state === AT_LONG_LINE) this.#headEnds();
    this.#searched = 0;
    this.#begunStart = undefined;
  }

  /** A start line without its end: worth telling when the method is well known and a target has begun. */
  #takeBegunStart(begun: Uint8Array): void {
    if (begun.length < ENOUGH_START_BYTES || !hasKnownMethod(begun, 0, begun.length)) return;
    const version = lastIndexOfSpace(begun);
    const isVersionBegun = version > 8 && mayBegin(begun, version + 1, begun.length, VERSION);
    const stop = isVersionBegun ? version : begun.length;
    this.#beginMessage(begun, stop, START_REQUEST);
  }

  /** LOST: does a message begin at `at`? True with the state unchanged: perhaps. */
  #isFound(bytes: Uint8Array, at: number, end: number): boolean {
    const kind = http1Start(bytes, at, end);
    if (kind === START_NONE || kind === START_SIMPLE || (kind !== START_MAYBE && !this.#isOwnRole(kind))) return false;
    if (kind !== START_MAYBE) this.#state = AT_START;
    return true;
  }

  #isOwnRole(kind: number): boolean {
    return this.#role === 0 || (kind === START_RESPONSE) === (this.#role === 2);
  }

  /** One line from `at`. @returns where the next one begins, or `at` when this one is not whole. */
  #readLine(bytes: Uint8Array, at: number, end: number): number {
    let lineEnd = at + this.#searched;
    while (lineEnd < end && bytes[lineEnd] !== LF) lineEnd++;
    const isWhole = lineEnd < end;
    const limit = this.#state === AT_START ? LONG_START_LINE_BYTES : LONG_LINE_BYTES;
    if (this.#state === AT_LONG_LINE) {
      if (!isWhole) return end;
      this.#state = AT_FIELDS;
      return lineEnd + 1;
    }
    if (!isWhole && lineEnd - at < limit) {
      this.#searched = lineEnd - at;
      if (this.#state === AT_START) {
        if (http1Start(bytes, at, end) === START_NONE) return this.#loseTo(end);
        this.#begunStart = bytes.slice(at, Math.min(end, at + KEPT_START_BYTES));
      }
      return at;
    }
    this.#searched = 0;
    this.#begunStart = undefined;
    const stop = isWhole && lineEnd > at && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    const next = this.#takeLine(bytes, at, stop, isWhole ? lineEnd + 1 : end);
    if (!isWhole && this.#state === AT_FIELDS) this.#state = AT_LONG_LINE;
    return next;
  }

  #takeLine(bytes: Uint8Array, at: number, stop: number, next: number): number {
    switch (this.#state) {
      case AT_START:
        return this.#takeStart(bytes, at, stop, next);
      case AT_FIELDS:
        if (stop > at) {
          this.#takeField(bytes, at, stop);
          return next;
        }
        this.#headEnds();
        return next;
      case AT_CHUNK_SIZE:
        return this.#takeChunkSize(bytes, at, stop, next);
      default:
        if (stop === at) this.#bodyEnds();
        return next;
    }
  }

  #bodyEnds(): void {
    this.#state = AT_START;
    this.#listener.bodyEnded(this);
  }

  #takeStart(bytes: Uint8Array, at: number, stop: number, next: number): number {
    const kind = http1Start(bytes, at, next);
    if (kind === START_NONE || kind === START_MAYBE || !this.#isOwnRole(kind)) return this.#loseTo(next);
    this.#beginMessage(bytes, stop, kind, at);
    if (line.version !== 9 || !line.isRequest) return next;
    this.#headEnds();
    if (this.#state === AT_START) this.#state = LOST;
    return next;
  }

  #beginMessage(bytes: Uint8Array, stop: number, kind: StartKind, at = 0): void {
    readStartLine(bytes, at, stop, kind, line);
    const message = this.#message;
    message.reset();
    message.isRequest = line.isRequest;
    message.version = line.version;
    message.status = line.status;
    message.method = methodText(bytes, at, line.methodEnd);
    message.target = textOf(bytes, line.targetAt, line.targetEnd);
    this.#role = line.isRequest ? 1 : 2;
    this.#state = AT_FIELDS;
  }

  #takeField(bytes: Uint8Array, at: number, stop: number): void {
    if (isBlank(bytes[at]!)) {
      if (this.#field !== FIELD_OTHER) this.#value = `${this.#value} ${fieldText(bytes, at, stop)}`.slice(0, 1_024);
      return;
    }
    this.#commitField();
    let colon = at;
    while (colon < stop && bytes[colon] !== 0x3a) colon++;
    if (colon === stop) return;
    this.#field = fieldOf(bytes, at, colon);
    if (this.#field !== FIELD_OTHER) this.#value = fieldText(bytes, colon + 1, stop);
  }

  #commitField(): void {
    if (this.#field !== FIELD_OTHER) this.#message.setField(this.#field, this.#value);
    this.#field = FIELD_OTHER;
  }

  #headEnds(): void {
    this.#commitField();
    const message = this.#message;
    this.#state = AT_START;
    const after = this.#listener.head(message, this);
    if (after === AFTER_HOLD) this.#state = HELD;
    if (after !== AFTER_BODY) return;
    if (message.isChunked) {
      this.#state = AT_CHUNK_SIZE;
      return;
    }
    if (!message.hasOtherCoding && message.contentLength > 0) {
      this.#state = AT_BODY;
      this.#bodyLeft = message.contentLength;
      return;
    }
    if (!message.hasOtherCoding && (message.isRequest || message.contentLength === 0)) {
      this.#bodyEnds();
      return;
    }
    // Close-delimited. Who promises to keep the connection and gives no length may still send another response.
    const keepsOpen = message.version >= 11 ? !message.saysClose : message.saysKeepAlive;
    this.#state = keepsOpen ? LOST : AT_REST;
  }

  /** Bytes of a body from `at`. @returns where it goes on; past `end`: what is between is of no interest. */
  #followBody(at: number, end: number): number {
    if (this.#bodyLeft > FOLLOWED_BYTES && this.#bodyLeft > end - at) {
      const next = at + this.#bodyLeft - 1;
      this.#bodyLeft = 1;
      return next;
    }
    const taken = Math.min(this.#bodyLeft, end - at);
    this.#bodyLeft -= taken;
    if (this.#bodyLeft === 0) {
      if (this.#state === AT_CHUNK) this.#state = AT_CHUNK_SIZE;
      else this.#bodyEnds();
    }
    return at + taken;
  }

  #takeChunkSize(bytes: Uint8Array, at: number, stop: number, next: number): number {
    let size = 0;
    let i = at;
    for (; i < stop && i - at <= MAX_CHUNK_DIGITS; i++) {
      const digit = hexDigit(bytes[i]!);
      if (digit < 0) break;
      size = size * 16 + digit;
    }
    const isSize = i > at && i - at <= MAX_CHUNK_DIGITS && (i === stop || bytes[i] === 0x3b || isBlank(bytes[i]!));
    if (!isSize) return this.#loseTo(next);
    this.#state = size === 0 ? AT_TRAILERS : AT_CHUNK;
    this.#bodyLeft = size;
    return next;
  }

  #loseTo(next: number): number {
    this.#state = LOST;
    this.#searched = 0;
    return next;
  }
}

const GET = asciiBytes('GET');

/** Nearly all are this one. */
const methodText = (bytes: Uint8Array, start: number, end: number): string =>
  end - start === GET.length && beginsWith(bytes, start, end, GET) ? 'GET' : textOf(bytes, start, end);

function lastIndexOfSpace(bytes: Uint8Array): number {
  let at = bytes.length - 1;
  while (at >= 0 && bytes[at] !== 0x20) at--;
  return at;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
