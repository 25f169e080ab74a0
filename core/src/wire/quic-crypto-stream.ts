// The bytes of a TLS handshake as CRYPTO frames bring them: in any order, twice, over several packets. Owns: putting them together,
// and the walk over the frames of an Initial. Must not know: keys, TLS. RFC 9000 sections 12.4, 17.2.2 and 19.
// Bound: MAX_CRYPTO_BYTES and MAX_PIECES a stream; what goes beyond is refused and the stream stays as it was.
import { u24 } from './bytes.js';
import { quicVarint, quicVarintBytes } from './quic.js';

/** A ClientHello with post-quantum keys and Encrypted ClientHello has some 2,200 bytes. */
export const MAX_CRYPTO_BYTES = 16_384;
/** Chromium cuts a ClientHello into some thirty pieces. */
const MAX_PIECES = 128;
const FIRST_BYTES = 2_048;

/** Padding is 0: both are nothing but their type. */
const PING = 1;
const ACK = 2;
const ACK_ECN = 3;
const CRYPTO = 6;
const CLOSE = 0x1c;
/** Of the TLS handshake. */
const CLIENT_HELLO = 1;

const NOTHING = new Uint8Array(0);

export class QuicCryptoStream {
  #bytes = NOTHING;
  /** Start and end of what is there, in order, neither touching nor overlapping. */
  readonly #pieces: number[] = [];

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  /** Another stream; the memory stays. */
  clear(): void {
    this.#pieces.length = 0;
  }

  /** The stream from its beginning as far as it is whole. Valid until the next `add`. */
  get whole(): Uint8Array {
    return this.#bytes.subarray(0, this.#wholeBytes);
  }

  /** Does the stream begin with one whole handshake message (type 1, length 3, body)? */
  get hasMessage(): boolean {
    const length = this.#wholeBytes;
    return length >= 4 && length >= 4 + u24(this.#bytes, 1);
  }

  /** Takes in bytes[start, end) of the stream's `offset`. @returns false when they go beyond the bound. */
  add(bytes: Uint8Array, start: number, end: number, offset: number): boolean {
    const stop = offset + end - start;
    if (stop > MAX_CRYPTO_BYTES) return false;
    if (end <= start) return true;
    if (!this.#note(offset, stop)) return false;
    if (stop > this.#bytes.length) {
      let size = Math.max(FIRST_BYTES, this.#bytes.length);
      while (size < stop) size *= 2;
      const grown = new Uint8Array(size);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    const to = this.#bytes;
    for (let at = start; at < end; at++) to[offset + at - start] = bytes[at]!;
    return true;
  }

  get #wholeBytes(): number {
    return this.#pieces[0] === 0 ? this.#pieces[1]! : 0;
  }

  /** Joins [start, stop) with the pieces it touches. */
  #note(start: number, stop: number): boolean {
    const pieces = this.#pieces;
    let from = 0;
    while (from < pieces.length && pieces[from + 1]! < start) from += 2;
    let to = from;
    let low = start;
    let high = stop;
    while (to < pieces.length && pieces[to]! <= stop) {
      low = Math.min(low, pieces[to]!);
      high = Math.max(high, pieces[to + 1]!);
      to += 2;
    }
    if (to === from && pieces.length >= MAX_PIECES * 2) return false;
    pieces.splice(from, to - from, low, high);
    return true;
  }
}

/** Where the CRYPTO frames of one packet have their data. One instance serves all. */
export class CryptoFrames {
  count = 0;
  readonly at = new Uint16Array(MAX_PIECES);
  readonly end = new Uint16Array(MAX_PIECES);
  readonly offset = new Uint16Array(MAX_PIECES);
}

/**
 * Walks the frames of an opened Initial to their end. @returns true when they are what an Initial may have (RFC 9000 section 17.2.2) and
 * within the bounds: what other keys make of a packet is that once in a hundred thousand times.
 */
export function findCryptoFrames(frames: Uint8Array, found: CryptoFrames): boolean {
  walk.frames = frames;
  walk.at = 0;
  walk.isSound = frames.length > 0;
  found.count = 0;
  while (walk.isSound) {
    let { at } = walk;
    while (at < frames.length && frames[at]! <= PING) at++;
    if (at === frames.length) return true;
    const type = frames[at]!;
    walk.at = at + 1;
    if (type === CRYPTO) noteCrypto(found);
    else if (type === ACK || type === ACK_ECN) skipAck(type === ACK_ECN);
    else if (type === CLOSE) skipClose();
    else return false;
  }
  return false;
}

/**
 * Where the first frame of an Initial ends, if it is CRYPTO with a whole ClientHello, of which bytes[0, end) are there; else 0. Forty bits say
 * so: other keys make that of no packet.
 */
export function wholeHelloEnd(bytes: Uint8Array, end: number): number {
  let at = 0;
  while (at < end && bytes[at]! <= PING) at++;
  // Type of the frame, offset 0, a length of one or two bytes, type and length of the message.
  if (at + 8 > end || bytes[at] !== CRYPTO || bytes[at + 1] !== 0) return 0;
  const lengthBytes = quicVarintBytes(bytes, at + 2);
  const messageAt = at + 2 + lengthBytes;
  if (lengthBytes > 2 || bytes[messageAt] !== CLIENT_HELLO) return 0;
  return u24(bytes, messageAt + 1) + 4 === quicVarint(bytes, at + 2) ? messageAt + quicVarint(bytes, at + 2) : 0;
}

/** Gives what `found` tells to `stream`. @returns false when it goes beyond the bound. */
export function addCryptoFrames(frames: Uint8Array, found: CryptoFrames, stream: QuicCryptoStream): boolean {
  for (let i = 0; i < found.count; i++)
    if (!stream.add(frames, found.at[i]!, found.end[i]!, found.offset[i]!)) return false;
  return true;
}

const walk: { frames: Uint8Array; at: number; isSound: boolean } = { frames: NOTHING, at: 0, isSound: true };

function varint(): number {
  const { frames, at } = walk;
  if (at >= frames.length || at + quicVarintBytes(frames, at) > frames.length) {
    walk.isSound = false;
    return 0;
  }
  walk.at = at + quicVarintBytes(frames, at);
  return quicVarint(frames, at);
}

/** Offset, length, data. */
function noteCrypto(found: CryptoFrames): void {
  const offset = varint();
  const length = varint();
  const { at } = walk;
  skip(length);
  if (!walk.isSound) return;
  if (offset + length > MAX_CRYPTO_BYTES || found.count === MAX_PIECES) walk.isSound = false;
  else {
    found.at[found.count] = at;
    found.end[found.count] = at + length;
    found.offset[found.count] = offset;
    found.count += 1;
  }
}

/** RFC 9000 section 19.3: largest, delay, count, first range, then gap and length for each further range; with ECN three counts. */
function skipAck(hasEcn: boolean): void {
  varint();
  varint();
  const ranges = varint();
  varint();
  for (let i = 0; i < ranges && walk.isSound; i++) {
    varint();
    varint();
  }
  for (let i = 0; i < 3 && hasEcn && walk.isSound; i++) varint();
}

/** RFC 9000 section 19.19: error, type of the frame, length and text of the reason. */
function skipClose(): void {
  varint();
  varint();
  skip(varint());
}

function skip(length: number): void {
  if (walk.at + length > walk.frames.length) walk.isSound = false;
  else walk.at += length;
}
