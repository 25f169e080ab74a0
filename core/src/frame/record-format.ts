// The contract between the arena reader and one file format.
import type { KaipoError } from '../kernel/errors.js';
import type { CaptureInterface } from './capture-interface.js';
import type { FrameBatch } from './frame-batch.js';

/** Parses records of one format out of an arena. Keeps no bytes; every method is bounded by what it is given. */
export interface RecordFormat {
  readonly interfaces: readonly CaptureInterface[];
  failure: KaipoError | undefined;
  /**
   * Reads records from bytes[at, end) into free rows of the batch. Returns the offset of the first byte not consumed.
   * Stops when the batch is full, when a record is incomplete, or with `failure` set when the bytes make no sense.
   * `fileOffset` is the position in the input of bytes[0], for messages.
   */
  read(batch: FrameBatch, view: DataView, at: number, end: number, fileOffset: number): number;
  /** Bytes of the record being waited for that need not be kept: the reader may throw them away. */
  skippable: number;
}
