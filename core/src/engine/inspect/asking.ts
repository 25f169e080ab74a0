// When protocols are asked about the bytes of a side, and which bytes wait until more have come. Owns: the packet at hand, as
// protocols see it. Must not know what becomes of an answer: that is its sink's. Bound: MAX_PROBE_BYTES a side wait, in the pool of
// the streams that wait; packets as questions.ts says.
/** @hot */
import type { FrameBatch } from '../../frame/frame-batch.js';
import type { InspectionColumns } from './inspection-columns.js';
import { NOBODY, type Questions, SHORT_STREAM_BYTES } from './questions.js';
import type { WaitingStream, WaitingStreams } from './waiting-streams.js';

/** A ClientHello with post-quantum keys has 2 KB, a request line seldom more than 8. */
const MAX_PROBE_BYTES = 16_384;

export interface AskingSink {
  /** Protocol `id` knows bytes[start, end) of this side. */
  onMatch(seat: number, index: number, id: number, bytes: Uint8Array, start: number, end: number): void;
  /** Nobody knows the flow, and nobody will. */
  onUnknown(seat: number): void;
}

export class Asking {
  /** The packet at hand; none when the flow has ended. */
  batch: FrameBatch | undefined;
  row = 0;
  readonly #columns: InspectionColumns;
  readonly #questions: Questions;
  readonly #waiting: WaitingStreams;
  readonly #sink: AskingSink;

  constructor(columns: InspectionColumns, questions: Questions, waiting: WaitingStreams, sink: AskingSink) {
    this.#columns = columns;
    this.#questions = questions;
    this.#waiting = waiting;
    this.#sink = sink;
  }

  /** Transport of the flow that was asked about last. */
  get transport(): number {
    return this.#questions.probe.transport;
  }

  /** Bytes of a stream whose flow has no name yet. */
  stream(seat: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    const kept = this.#waiting.of(index);
    if (kept === undefined) {
      if (this.side(seat, index, bytes, start, end, true)) return;
      this.#keepForMore(seat, index, bytes, start, end);
      return;
    }
    if (this.#columns.isWhole[index] === 0 && this.#askOthers(seat, index, bytes, start, end)) return;
    if (kept.length + end - start > MAX_PROBE_BYTES || !this.#waiting.append(kept, bytes, start, end)) {
      this.#sink.onUnknown(seat);
      return;
    }
    const isShort = kept.length - (end - start) < SHORT_STREAM_BYTES;
    if (isShort || this.#waiting.isDue(kept)) this.grown(seat, index, kept, isShort);
  }

  /** What waits of a stream has grown, or is all there will be. */
  grown(seat: number, index: number, kept: WaitingStream, isShort: boolean): void {
    kept.seenBytes = kept.length;
    if (this.side(seat, index, kept.bytes, 0, kept.length, isShort)) return;
    if (this.#columns.unsureCount[seat]! > 0) return;
    if (this.#columns.isWhole[index] === 0) this.#waiting.drop(index);
    else if (kept.length >= SHORT_STREAM_BYTES && this.#columns.packets[index ^ 1]! > 0) this.#sink.onUnknown(seat);
  }

  /** Met in the middle: while somebody is unsure of earlier segments, this one may be the beginning of something else. */
  #askOthers(seat: number, index: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.#questions.show(this.batch, this.row, seat, index, bytes, start, end);
    const id = this.#questions.askOthers(seat, bytes[start]!);
    if (id === NOBODY) return false;
    this.#waiting.drop(index);
    this.#sink.onMatch(seat, index, id, bytes, start, end);
    return true;
  }

  /** Nobody matched on this side's first bytes. Worth keeping them? */
  #keepForMore(seat: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    const columns = this.#columns;
    const isSure = columns.unsureCount[seat] === 0;
    // Begun in the middle: each early segment may be the beginning of something.
    if (isSure && columns.isWhole[index] === 0) return;
    if (isSure && end - start >= SHORT_STREAM_BYTES && columns.packets[index ^ 1]! > 0) {
      this.#sink.onUnknown(seat);
      return;
    }
    if (end - start > MAX_PROBE_BYTES || !this.#waiting.keep(index, bytes, start, end)) this.#sink.onUnknown(seat);
  }

  /** Asks about bytes[start, end), of this side. @returns true when the question is settled: matched, or given up. */
  side(seat: number, index: number, bytes: Uint8Array, start: number, end: number, isNew: boolean): boolean {
    const columns = this.#columns;
    this.#questions.show(this.batch, this.row, seat, index, bytes, start, end);
    const id = isNew ? this.#questions.askAll(seat, bytes[start]!) : this.#questions.askUnsure(seat);
    if (id !== NOBODY) {
      this.#sink.onMatch(seat, index, id, bytes, start, end);
      return true;
    }
    if (columns.packets[index]! >= this.#questions.mostPackets(seat, index, end - start)) {
      this.#sink.onUnknown(seat);
      return true;
    }
    this.#questions.rememberFirst(index, bytes, start, end);
    return false;
  }
}
