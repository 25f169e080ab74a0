// How the buckets of a chunk lie in bytes: part of the file format. Written by chunk-encoder.ts, read by chunk-decoder.ts.
//   layout, columns, buckets present (a count and their numbers), series (a count), then columns, each in its own encoding:
//   ids as steps, tags; buckets a series is in (a count each, then one byte a bucket or a bitmap, whichever is shorter);
//   the values, series after series: neighbours are alike.
import type { RowBlock } from './row-block.js';

/** The blocks of a chunk by the number of their bucket in it. */
export type ChunkSlots = (RowBlock | undefined)[];

export const LAYOUT = 1;
/** Tags are below this. */
export const TAG_CODES = 65_536;
