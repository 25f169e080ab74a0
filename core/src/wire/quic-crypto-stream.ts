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

const PADDING = 0;
const PING = 1;
const ACK = 2;
const ACK_ECN = 3;
const CRYPTO = 6;
const CLOSE = 0x1c;

export class QuicCryptoStream {
  #bytes: Buffer = Buffer.alloc(0);
  /** Start and end of what is there, in order, neither touching nor overlapping. */
  readonly #pieces: number[] = [];

  /** The stream from its beginning as far as it is whole. Valid until the next `add`. */
  get whole(): Uint8Array {
    return this.#bytes.subarray(0, this.#pieces[0] === 0 ? this.#pieces[1]! : 0);
  }

  /** Does the stream begin with one whole handshake message (type 1, length 3, body)? */
  get hasMessage(): boolean {
    const { whole } = this;
    return whole.length >= 4 && whole.length >= 4 + u24(whole, 1);
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
      const grown = Buffer.alloc(size);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes.subarray(start, end), offset);
    return true;
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

/** Walks the frames of an opened Initial or Handshake packet and gives what its CRYPTO frames carry to `stream`. @returns false when they break the rules or the bound. */
export function addCryptoFrames(frames: Uint8Array, stream: QuicCryptoStream): boolean {
  const walk: FrameWalk = { frames, at: 0, isSound: true };
  while (walk.at < frames.length && walk.isSound) {
    const type = frames[walk.at]!;
    walk.at += 1;
    if (type === PADDING || type === PING) continue;
    if (type === CRYPTO) {
      const offset = varint(walk);
      const length = varint(walk);
      const end = walk.at + length;
      if (!walk.isSound || end > frames.length) return false;
      if (!stream.add(frames, walk.at, end, offset)) return false;
      walk.at = end;
    } else if (type === ACK || type === ACK_ECN) skipAck(walk, type === ACK_ECN);
    // What follows the closing of a connection is of no use.
    else return type === CLOSE;
  }
  return walk.isSound;
}

interface FrameWalk {
  readonly frames: Uint8Array;
  at: number;
  isSound: boolean;
}

function varint(walk: FrameWalk): number {
  const { frames, at } = walk;
  if (at >= frames.length || at + quicVarintBytes(frames, at) > frames.length) {
    walk.isSound = false;
    return 0;
  }
  walk.at = at + quicVarintBytes(frames, at);
  return quicVarint(frames, at);
}

/** RFC 9000 section 19.3: largest, delay, count, first range, then gap and length for each further range; with ECN three counts. */
function skipAck(walk: FrameWalk, hasEcn: boolean): void {
  varint(walk);
  varint(walk);
  const ranges = varint(walk);
  varint(walk);
  for (let i = 0; i < ranges && walk.isSound; i++) {
    varint(walk);
    varint(walk);
  }
  for (let i = 0; i < 3 && hasEcn && walk.isSound; i++) varint(walk);
}
