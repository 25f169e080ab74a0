// Bytes of streams that wait for more: of flows that have no name yet, and what readers have not used. Owns: which side has which, and
// when they are worth another look: whoever sends a byte at a time would have all that waits read again with each. Must not know
// protocols. Bound: the memory of the pool; a look for each of the first PATIENT_FROM_BYTES, then for each 1/32 or ENOUGH_BYTES more, and
// twice MOST_EXTRA besides.
import { type BufferPool, LARGEST_BUFFER_BYTES, type WaitingBytes } from './buffer-pool.js';

/** So few bytes may be looked at again with each that comes. */
const PATIENT_FROM_BYTES = 1024;
/** More of them when they have grown by this share, 1/32, or as much as a segment of a conversation has. */
const GROWTH_SHIFT = 5;
const ENOUGH_BYTES = 256;
/** Looks when less has come, and when the other side goes on: the rest of a message is small, and people take turns. */
const MOST_EXTRA = 64;

export interface WaitingStream extends WaitingBytes {
  /** Bytes of the beginning that were looked at. */
  seenBytes: number;
  looksAtLittle: number;
  looksBetween: number;
}

export class WaitingStreams {
  readonly #pool: BufferPool;
  /** By 2 * flow + side. */
  readonly #streams = new Map<number, WaitingStream>();

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  of(index: number): WaitingStream | undefined {
    return this.#streams.size === 0 ? undefined : this.#streams.get(index);
  }

  /** Keeps bytes[start, end), which were looked at; they may be part of what waits already. False when there is no room. */
  keep(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const kept = this.#streams.get(index);
    if (kept !== undefined && kept.bytes === bytes) {
      if (start > 0) bytes.copyWithin(0, start, end);
      kept.length = end - start;
      kept.seenBytes = kept.length;
      return true;
    }
    const copy = this.#pool.copy(bytes, start, end);
    if (copy === undefined) return false;
    this.#streams.set(index, {
      bytes: copy.bytes,
      length: copy.length,
      seenBytes: copy.length,
      looksAtLittle: 0,
      looksBetween: 0,
    });
    return true;
  }

  /** Adds bytes[start, end); false, and nothing added, when there is no room. */
  append(kept: WaitingStream, bytes: Uint8Array, start: number, end: number): boolean {
    return this.#pool.append(kept, bytes, start, end);
  }

  /** Has it grown enough since it was last looked at? */
  isDue(kept: WaitingStream): boolean {
    const { length, seenBytes } = kept;
    if (length < PATIENT_FROM_BYTES || length === LARGEST_BUFFER_BYTES) return true;
    if (length - seenBytes >= Math.min(ENOUGH_BYTES, length >> GROWTH_SHIFT)) return true;
    if (kept.looksAtLittle === MOST_EXTRA) return false;
    kept.looksAtLittle += 1;
    return true;
  }

  /** What of this side was not looked at, when the other side goes on; undefined: nothing, or it was looked at too often. */
  urge(index: number): WaitingStream | undefined {
    const kept = this.unseen(index);
    if (kept === undefined || kept.looksBetween === MOST_EXTRA) return undefined;
    kept.looksBetween += 1;
    return kept;
  }

  /** What waits, if there are bytes in it that were not looked at. */
  unseen(index: number): WaitingStream | undefined {
    const kept = this.of(index);
    return kept === undefined || kept.seenBytes === kept.length ? undefined : kept;
  }

  drop(index: number): void {
    const kept = this.of(index);
    if (kept === undefined) return;
    this.#streams.delete(index);
    this.#pool.release(kept);
  }
}
