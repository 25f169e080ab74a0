// One side of a cleartext HTTP/2 connection, byte by byte: its header blocks one after the other, everything else passed over.
// Owns: where frames begin and end, blocks in several frames, and getting into step after bytes were lost. Must not know: which
// request a response belongs to, flows, events. Bound: one block of at most MAX_BLOCK_BYTES, the table of the HpackDecoder.
// RFC 9113 sections 4 and 6.
import { HpackDecoder } from './hpack.js';
import {
  FLAG_END_HEADERS,
  FLAG_PADDED,
  FLAG_PRIORITY,
  FRAME_CONTINUATION,
  FRAME_HEADER_BYTES,
  FRAME_HEADERS,
  FRAME_PUSH_PROMISE,
  FRAME_SETTINGS,
  frameFlags,
  frameLength,
  frameStream,
  frameType,
  HTTP2_PREFACE,
  isFrameChain,
  isFrameHeader,
} from './http2-frames.js';
import { beginsWith, mayBegin } from './match.js';

/** Servers refuse more than 8 to 64 KiB of header fields; a frame of it must fit the engine's buffer. */
export const MAX_BLOCK_BYTES = 49_152;
/** Frames in a row that prove to be in step. */
const CERTAIN_FRAMES = 3;

/** Fields of one header block; empty when not sent, and not yet safe for a screen. One instance a side serves all its blocks. */
export class Http2Headers {
  method = '';
  path = '';
  authority = '';
  status = '';
  host = '';
  userAgent = '';
  server = '';
  contentType = '';

  reset(): void {
    this.method = this.path = this.authority = this.status = '';
    this.host = this.userAgent = this.server = this.contentType = '';
  }

  readonly set = (name: string, value: string): void => {
    switch (name) {
      case ':method':
        this.method = value;
        return;
      case ':path':
        this.path = value;
        return;
      case ':authority':
        this.authority = value;
        return;
      case ':status':
        this.status = value;
        return;
      case 'host':
        this.host ||= value;
        return;
      case 'user-agent':
        this.userAgent ||= value;
        return;
      case 'server':
        this.server ||= value;
        return;
      case 'content-type':
        this.contentType ||= value;
        return;
    }
  };
}

export interface Http2Listener {
  /** A header block of a stream is complete: request, response or trailers. `headers` is valid until the call returns. */
  headers(stream: number, headers: Http2Headers, side: Http2Side): void;
}

/** In step, the preface still possible. */
const AT_START = 0;
const IN_STEP = 1;
const LOST = 2;
/** A block was not HPACK: nothing more can be known of this side. */
const BROKEN = 3;

export class Http2Side {
  readonly #listener: Http2Listener;
  readonly #hpack = new HpackDecoder();
  readonly #headers = new Http2Headers();
  #state = AT_START;
  /** A block that goes on in CONTINUATION frames. */
  #block: Uint8Array | undefined;
  #blockStream = 0;
  #blockIsPushed = false;

  constructor(listener: Http2Listener) {
    this.#listener = listener;
  }

  /** The bytes after those used before. @returns how many are used; more than there are: so many of the following are of no interest. */
  read(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.#state === AT_START && end > start) {
      if (mayBegin(bytes, start, end, HTTP2_PREFACE)) {
        if (!beginsWith(bytes, start, end, HTTP2_PREFACE)) return 0;
        at += HTTP2_PREFACE.length;
        this.#state = IN_STEP;
      } else {
        if (end - start < FRAME_HEADER_BYTES) return 0;
        // A server says SETTINGS first; anything else is the middle of something.
        if (frameType(bytes, start) === FRAME_SETTINGS && isFrameHeader(bytes, start)) this.#state = IN_STEP;
        else this.#lose();
      }
    }
    if (this.#state === LOST) {
      if (!isFrameChain(bytes, start, end, CERTAIN_FRAMES)) return end - start;
      this.#state = IN_STEP;
    }
    while (at < end && this.#state === IN_STEP) {
      const next = this.#readFrame(bytes, at, end);
      if (next === at) break;
      at = next;
    }
    return this.#state === BROKEN ? Number.MAX_SAFE_INTEGER : at - start;
  }

  /** Bytes of this side were lost. */
  gap(): void {
    if (this.#state !== BROKEN) this.#lose();
  }

  #lose(): void {
    this.#state = LOST;
    this.#block = undefined;
    this.#hpack.forget();
  }

  /** @returns where the next frame begins, or `at` when this one is not whole. */
  #readFrame(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < FRAME_HEADER_BYTES) return at;
    if (!isFrameHeader(bytes, at)) {
      this.#lose();
      return end;
    }
    const type = frameType(bytes, at);
    const frameEnd = at + FRAME_HEADER_BYTES + frameLength(bytes, at);
    if (type !== FRAME_HEADERS && type !== FRAME_PUSH_PROMISE && type !== FRAME_CONTINUATION) return frameEnd;
    if (frameEnd - at > MAX_BLOCK_BYTES) {
      this.#hpack.forget();
      this.#block = undefined;
      return frameEnd;
    }
    if (frameEnd > end) return at;
    this.#takeFragment(bytes, at, frameEnd, type);
    return frameEnd;
  }

  #takeFragment(bytes: Uint8Array, at: number, frameEnd: number, type: number): void {
    const flags = frameFlags(bytes, at);
    const stream = frameStream(bytes, at);
    const payload = at + FRAME_HEADER_BYTES;
    const isWhole = (flags & FLAG_END_HEADERS) !== 0;
    if (type === FRAME_CONTINUATION) {
      this.#continue(bytes, payload, frameEnd, isWhole);
      return;
    }
    const isPushed = type === FRAME_PUSH_PROMISE;
    const padding = (flags & FLAG_PADDED) !== 0 ? 1 + (bytes[payload] ?? 0) : 0;
    const before = (padding > 0 ? 1 : 0) + (isPushed ? 4 : (flags & FLAG_PRIORITY) !== 0 ? 5 : 0);
    const start = payload + before;
    const stop = frameEnd - (padding > 0 ? padding - 1 : 0);
    if (start > stop) {
      this.#lose();
      return;
    }
    if (isWhole) {
      this.#decode(bytes, start, stop, stream, isPushed);
      return;
    }
    this.#block = bytes.slice(start, stop);
    this.#blockStream = stream;
    this.#blockIsPushed = isPushed;
  }

  #continue(bytes: Uint8Array, start: number, end: number, isWhole: boolean): void {
    const begun = this.#block;
    if (begun === undefined || begun.length + end - start > MAX_BLOCK_BYTES) {
      this.#block = undefined;
      this.#hpack.forget();
      return;
    }
    const block = new Uint8Array(begun.length + end - start);
    block.set(begun);
    block.set(bytes.subarray(start, end), begun.length);
    if (!isWhole) {
      this.#block = block;
      return;
    }
    this.#block = undefined;
    this.#decode(block, 0, block.length, this.#blockStream, this.#blockIsPushed);
  }

  #decode(bytes: Uint8Array, start: number, end: number, stream: number, isPushed: boolean): void {
    this.#headers.reset();
    if (!this.#hpack.decode(bytes, start, end, this.#headers.set)) {
      this.#state = BROKEN;
      return;
    }
    if (!isPushed) this.#listener.headers(stream, this.#headers, this);
  }
}
