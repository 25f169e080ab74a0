// TCP segments to streams: puts each side's bytes in order and takes out what was sent twice. Owns: segments that came too early.
// Must not know protocols. Bound: MAX_HELD segments a side and the memory of the pool; beyond it the hole before them is given up.
/** @hot */
import type { BufferPool, WaitingBytes } from './buffer-pool.js';
import { FARTHEST_BYTES, type InspectionColumns } from './inspection-columns.js';

/** Segments that may wait for one that is missing. Reordering on real paths is a few segments deep. */
const MAX_HELD = 32;

export interface StreamSink {
  /** Bytes of one side that follow those before. */
  onStream(seat: number, index: number, bytes: Uint8Array, start: number, end: number): void;
  /** So many bytes of this side will never come. */
  onMissing(seat: number, index: number, missingBytes: number): void;
  /** Is more of this flow wanted? */
  wants(seat: number): boolean;
}

interface HeldSegment {
  readonly seq: number;
  readonly waiting: WaitingBytes;
  /** Bytes after it that were sent but not captured. */
  readonly cutBytes: number;
}

export class SegmentOrder {
  /** Holes given up, and the bytes missing in them. */
  gaps = 0;
  missingBytes = 0;
  readonly #columns: InspectionColumns;
  readonly #pool: BufferPool;
  readonly #sink: StreamSink;
  readonly #held = new Map<number, HeldSegment[]>();

  constructor(columns: InspectionColumns, pool: BufferPool, sink: StreamSink) {
    this.#columns = columns;
    this.#pool = pool;
    this.#sink = sink;
  }

  /** A SYN tells where the stream of this side begins; one that comes once more, after data, tells nothing. */
  synchronize(index: number, seq: number): void {
    const behind = (this.#columns.next[index]! - seq - 1) | 0;
    if (this.#columns.hasNext[index] === 1 && behind >= 0 && behind <= FARTHEST_BYTES) return;
    this.forget(index);
    this.#columns.next[index] = (seq + 1) >>> 0;
    this.#columns.hasNext[index] = 1;
    this.#columns.isWhole[index] = 1;
  }

  /** One segment: bytes[start, end) begin at sequence number `seq`; `cutBytes` more were sent but not captured. */
  add(seat: number, index: number, seq: number, bytes: Uint8Array, start: number, end: number, cutBytes: number): void {
    const columns = this.#columns;
    if (columns.hasNext[index] === 0) {
      columns.hasNext[index] = 1;
      columns.next[index] = seq;
    }
    const ahead = (seq - columns.next[index]!) | 0;
    if (ahead > 0) {
      this.#early(seat, index, seq, ahead, bytes, start, end, cutBytes);
      return;
    }
    this.#advance(seat, index, bytes, start - ahead, end, cutBytes);
    if (this.#held.size > 0 && this.#held.has(index)) this.#release(seat, index);
  }

  /** The flow has ended: what waits is handed on with the holes before it, then forgotten. */
  finish(seat: number): void {
    if (this.#held.size === 0) return;
    for (let index = seat * 2; index < seat * 2 + 2; index++) {
      const held = this.#held.get(index);
      while (held !== undefined && held.length > 0 && this.#sink.wants(seat)) this.#giveUpHole(seat, index, held);
      this.forget(index);
    }
  }

  forget(index: number): void {
    const held = this.#held.get(index);
    if (held === undefined) return;
    for (let i = 0; i < held.length; i++) this.#pool.release(held[i]!.waiting);
    this.#held.delete(index);
  }

  /** In order, or overlapping what was there: `start` is where the new bytes begin, beyond `end` when nothing is new. */
  #advance(seat: number, index: number, bytes: Uint8Array, start: number, end: number, cutBytes: number): void {
    if (start >= end + cutBytes) return;
    const columns = this.#columns;
    columns.next[index] = (columns.next[index]! + end + cutBytes - start) >>> 0;
    if (start < end) this.#sink.onStream(seat, index, bytes, start, end);
    const missing = start < end ? cutBytes : end + cutBytes - start;
    if (missing > 0 && this.#sink.wants(seat)) this.#sink.onMissing(seat, index, missing);
  }

  #early(
    seat: number,
    index: number,
    seq: number,
    ahead: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    cutBytes: number,
  ): void {
    const columns = this.#columns;
    const length = end + cutBytes - start;
    if (columns.skip[index]! >= ahead + length) {
      // Nobody wants to see these bytes, nor those of the hole.
      columns.skip[index] = columns.skip[index]! - ahead - length;
      columns.next[index] = (seq + length) >>> 0;
      return;
    }
    // A keep-alive of a connection that was used again, or a damaged header: begin anew here.
    const waiting = ahead > FARTHEST_BYTES ? undefined : this.#pool.copy(bytes, start, end);
    if (waiting === undefined) {
      this.#skipTo(seat, index, seq, bytes, start, end, cutBytes);
      return;
    }
    let held = this.#held.get(index);
    if (held === undefined) {
      held = [];
      this.#held.set(index, held);
    }
    insertInOrder(held, { seq, waiting, cutBytes }, columns.next[index]!);
    if (held.length <= MAX_HELD) return;
    this.#giveUpHole(seat, index, held);
    if (this.#sink.wants(seat)) this.#release(seat, index);
  }

  /** A segment that cannot wait, or is too far ahead: what waits before it is handed on, and the holes are given up. */
  #skipTo(
    seat: number,
    index: number,
    seq: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    cutBytes: number,
  ): void {
    const held = this.#held.get(index);
    while (held !== undefined && held.length > 0 && this.#sink.wants(seat)) this.#giveUpHole(seat, index, held);
    this.forget(index);
    const ahead = (seq - this.#columns.next[index]!) | 0;
    if (ahead > 0 && this.#sink.wants(seat)) {
      this.#columns.next[index] = seq;
      this.#miss(seat, index, ahead);
    }
    if (this.#sink.wants(seat)) this.#advance(seat, index, bytes, start - Math.min(0, ahead), end, cutBytes);
  }

  /** Hands on the segments that are due now. */
  #release(seat: number, index: number): void {
    const held = this.#held.get(index);
    while (held !== undefined && held.length > 0 && this.#sink.wants(seat)) {
      if (((held[0]!.seq - this.#columns.next[index]!) | 0) > 0) return;
      this.#handOn(seat, index, held);
    }
    this.forget(index);
  }

  #giveUpHole(seat: number, index: number, held: HeldSegment[]): void {
    const hole = (held[0]!.seq - this.#columns.next[index]!) | 0;
    if (hole > 0) {
      this.#columns.next[index] = held[0]!.seq;
      this.#miss(seat, index, hole);
    }
    if (this.#sink.wants(seat)) this.#handOn(seat, index, held);
  }

  #handOn(seat: number, index: number, held: HeldSegment[]): void {
    const segment = held.shift();
    if (segment === undefined) return;
    const behind = (this.#columns.next[index]! - segment.seq) | 0;
    this.#advance(seat, index, segment.waiting.bytes, behind, segment.waiting.length, segment.cutBytes);
    this.#pool.release(segment.waiting);
  }

  #miss(seat: number, index: number, bytes: number): void {
    this.gaps += 1;
    this.missingBytes += bytes;
    this.#sink.onMissing(seat, index, bytes);
  }
}

/** By distance from `next`, so that a wrap of the sequence numbers does not matter. */
function insertInOrder(held: HeldSegment[], segment: HeldSegment, next: number): void {
  const ahead = (segment.seq - next) | 0;
  let at = held.length;
  while (at > 0 && ((held[at - 1]!.seq - next) | 0) > ahead) at--;
  held.splice(at, 0, segment);
}
