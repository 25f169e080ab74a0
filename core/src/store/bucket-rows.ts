// Rows of neighbouring buckets of one kind, series by series, for readers that sum: what is the same for all buckets of a series
// is looked at once. Owns the shape. Must not know names or what a column means. Bound: one chunk.
import type { ChunkRows } from './chunk-decoder.js';
import type { ChunkMemory } from './chunk-memory.js';
import type { RowBlock } from './row-block.js';

/** Valid as long as the visitor it is given to runs. A place is a row: one series in one bucket. */
export class BucketRows {
  /** Starts of buckets, oldest first. Only those of [firstBucket, endBucket) were asked for, and have places. */
  readonly startsS: readonly number[];
  readonly firstBucket: number;
  readonly endBucket: number;
  /** Series: an id and a tag each. Mostly in their order, some perhaps more than once. */
  readonly length: number;
  readonly ids: Int32Array;
  readonly tags: Int32Array;
  /** Places of a series: [from, to), oldest bucket first; may be none. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** By place: its bucket. */
  readonly bucketOf: Uint8Array;
  readonly #values: Float64Array;
  readonly #places: number;

  constructor(
    startsS: readonly number[],
    buckets: { readonly first: number; readonly end: number },
    memory: ChunkMemory,
    size: { readonly series: number; readonly places: number },
  ) {
    this.startsS = startsS;
    this.firstBucket = buckets.first;
    this.endBucket = buckets.end;
    this.length = size.series;
    this.ids = memory.ids;
    this.tags = memory.tags;
    this.from = memory.from;
    this.to = memory.to;
    this.bucketOf = memory.bucketOf;
    this.#values = memory.values;
    this.#places = size.places;
  }

  /** By place; only the columns that were asked for. */
  column(number: number): Float64Array {
    return this.#values.subarray(number * this.#places, (number + 1) * this.#places);
  }
}

/** One bucket that is a block already. */
export function rowsOfBlock(startS: number, block: RowBlock, columns: number, memory: ChunkMemory): BucketRows {
  const { length, codes, codeAt, values, valueAt } = block;
  memory.reserveSeries(length);
  memory.reservePlaces(length);
  memory.reserveValues(length * columns);
  for (let row = 0; row < length; row++) {
    memory.ids[row] = codes[codeAt + row]!;
    memory.tags[row] = codes[codeAt + length + row]!;
    memory.from[row] = row;
    memory.to[row] = row + 1;
  }
  memory.bucketOf.fill(0, 0, length);
  memory.values.set(values.subarray(valueAt, valueAt + length * columns));
  return new BucketRows([startS], { first: 0, end: 1 }, memory, { series: length, places: length });
}

/** Where the buckets of a chunk lie, and which of them are asked for: those that start in [fromS, toS). */
export interface ChunkTimes {
  readonly chunkS: number;
  readonly bucketS: number;
  readonly fromS: number;
  readonly toS: number;
}

/** A chunk that was decoded into `memory`; undefined when none of its buckets was asked for. */
export function rowsOfChunk(
  { slots, series, places }: ChunkRows,
  { chunkS, bucketS, fromS, toS }: ChunkTimes,
  memory: ChunkMemory,
): BucketRows | undefined {
  const startsS = slots.map((slot) => chunkS + slot * bucketS);
  let first = 0;
  while (first < startsS.length && startsS[first]! < fromS) first += 1;
  let end = startsS.length;
  while (end > first && startsS[end - 1]! >= toS) end -= 1;
  if (first === end) return undefined;
  if (first > 0 || end < startsS.length) narrow(memory, series, first, end);
  return new BucketRows(startsS, { first, end }, memory, { series, places });
}

/** Leaves of each series the places in buckets [first, end). */
function narrow({ from, to, bucketOf }: ChunkMemory, series: number, first: number, end: number): void {
  for (let at = 0; at < series; at++) {
    let start = from[at]!;
    let stop = to[at]!;
    while (start < stop && bucketOf[start]! < first) start += 1;
    while (stop > start && bucketOf[stop - 1]! >= end) stop -= 1;
    from[at] = start;
    to[at] = stop;
  }
}
