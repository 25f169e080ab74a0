// Reads buckets back, complete: what is not yet rolled up is summed on the way, so every resolution gives the same total.
// Must not know lmdb. Bound: one chunk of each resolution in memory at a time.
import type { BlockEntry, BlockReader } from './block-access.js';
import { accumulatorFor, maxRowsOf } from './bucket-block.js';
import { type BucketRows, rowsOfBlock, rowsOfChunk } from './bucket-rows.js';
import { bucketOf, bucketStart, ceilToBucket, chunkOf, firstBucketOf, floorToBucket } from './bucket-time.js';
import { readChunk, readRows } from './chunk-entry.js';
import type { ChunkMemory } from './chunk-memory.js';
import { format1Buckets } from './format-1.js';
import type { RowBlock } from './row-block.js';
import { type BlockKind, chunkKey } from './store-keys.js';
import { RESOLUTIONS_S, type ResolutionS } from './store-limits.js';
import { ENTRY_LAYOUT, type StoreState } from './store-state.js';

export interface TimedBlock {
  readonly startS: number;
  readonly block: RowBlock;
}

/** A stretch of time, and the resolution that answers for it. */
export interface Segment {
  readonly resolutionS: ResolutionS;
  readonly fromS: number;
  readonly toS: number;
}

const DAY_LEVEL = RESOLUTIONS_S.length - 1;
/** The first day may begin before the epoch: a question from 0 on means all of it. */
const BEFORE_ALL_S = -86_400;

function readableFrom(state: StoreState, level: number, fromS: number): number {
  const keptS = state.prunedBeforeS[level]!;
  return Math.max(fromS <= 0 ? BEFORE_ALL_S : fromS, keptS > 0 ? keptS : BEFORE_ALL_S);
}

/** Every bucket of one kind that starts in [fromS, toS), in order of time. */
export function* readBuckets(
  file: BlockReader,
  state: StoreState,
  kind: BlockKind,
  level: number,
  fromS: number,
  toS: number,
): Generator<TimedBlock> {
  const start = readableFrom(state, level, fromS);
  if (start >= toS) return;
  if (state.layout === ENTRY_LAYOUT) yield* format1Buckets(file, kind, level, start, toS);
  else yield* storedBuckets(file, state, kind, level, start, toS);
  yield* unrolledBuckets(file, state, kind, level, start, toS);
}

/** Those that are not yet summed in the file. */
function* unrolledBuckets(
  file: BlockReader,
  state: StoreState,
  kind: BlockKind,
  level: number,
  fromS: number,
  toS: number,
): Generator<TimedBlock> {
  if (level === 0) return;
  const tailS = ceilToBucket(Math.max(fromS, state.rolledUpToS[level]!), level, state.alignS);
  // The bucket that starts before `toS` is read whole.
  const endS = ceilToBucket(toS, level, state.alignS);
  yield* summed(readBuckets(file, state, kind, level - 1, tailS, endS), state, kind, level);
}

/**
 * The same, by chunk and series by series, of each row the first `columns`. `visit` answers false to stop. What is given to it is
 * over when it returns.
 */
export function visitBucketRows(
  file: BlockReader,
  state: StoreState,
  { kind, level, columns }: { readonly kind: BlockKind; readonly level: number; readonly columns: number },
  fromS: number,
  toS: number,
  memory: ChunkMemory,
  visit: (rows: BucketRows) => boolean | undefined,
): void {
  const start = readableFrom(state, level, fromS);
  if (start >= toS) return;
  const visitBlock = ({ startS, block }: TimedBlock) => visit(rowsOfBlock(startS, block, columns, memory));
  if (state.layout === ENTRY_LAYOUT) {
    for (const bucket of format1Buckets(file, kind, level, start, toS)) if (visitBlock(bucket) === false) return;
  } else {
    const { alignS } = state;
    for (const { key, value } of chunksOf(file, kind, level, start, toS, alignS)) {
      const chunk = readRows(value, kind, level, columns, memory);
      if (chunk === undefined) continue;
      const chunkS = bucketStart(firstBucketOf(Number(key[2]), level), level, alignS);
      const rows = rowsOfChunk(chunk, { chunkS, bucketS: RESOLUTIONS_S[level]!, fromS: start, toS }, memory);
      if (rows !== undefined && visit(rows) === false) return;
    }
  }
  for (const bucket of unrolledBuckets(file, state, kind, level, start, toS)) if (visitBlock(bucket) === false) return;
}

function* storedBuckets(
  file: BlockReader,
  { alignS }: StoreState,
  kind: BlockKind,
  level: number,
  fromS: number,
  toS: number,
): Generator<TimedBlock> {
  for (const { key, value } of chunksOf(file, kind, level, fromS, toS, alignS)) {
    const slots = readChunk(value, kind, level);
    let startS = bucketStart(firstBucketOf(Number(key[2]), level), level, alignS);
    for (const block of slots) {
      if (block !== undefined && startS >= fromS && startS < toS) yield { startS, block };
      startS += RESOLUTIONS_S[level]!;
    }
  }
}

/** Entries that may hold buckets of [fromS, toS). */
function chunksOf(
  file: BlockReader,
  kind: BlockKind,
  level: number,
  fromS: number,
  toS: number,
  alignS: number,
): Iterable<BlockEntry> {
  const first = Math.max(0, chunkOf(bucketOf(fromS, level, alignS), level));
  const last = chunkOf(bucketOf(toS - 1, level, alignS), level);
  return file.range(chunkKey(kind, level, first), chunkKey(kind, level, last + 1));
}

function* summed(
  finer: Iterable<TimedBlock>,
  { alignS }: StoreState,
  kind: BlockKind,
  level: number,
): Generator<TimedBlock> {
  let startS: number | undefined;
  let parts: RowBlock[] = [];
  for (const part of finer) {
    const bucketS = floorToBucket(part.startS, level, alignS);
    if (bucketS !== startS) {
      if (startS !== undefined) yield { startS, block: sumOf(kind, parts) };
      startS = bucketS;
      parts = [];
    }
    parts.push(part.block);
  }
  if (startS !== undefined) yield { startS, block: sumOf(kind, parts) };
}

function sumOf(kind: BlockKind, parts: readonly RowBlock[]): RowBlock {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const sums = accumulatorFor(kind, (only?.length ?? 0) * 2);
  for (const part of parts) sums.addBlock(part);
  return sums.finish(maxRowsOf(kind));
}

/**
 * The fewest buckets that cover [fromS, toS): whole coarse buckets inside, finer ones at the edges while they are kept.
 * Neighbouring periods never share a bucket, so their totals add up.
 */
export function coverPeriod(state: StoreState, fromS: number, toS: number): Segment[] {
  if (state.newestS < 0 || toS <= state.firstS) return [];
  const segments: Segment[] = [];
  // A period that reaches back to the first row means all of its bucket, also where only a day is left of it.
  const start = fromS <= state.firstS ? floorToBucket(state.firstS, DAY_LEVEL, state.alignS) : fromS;
  cover(state, DAY_LEVEL, start, Math.min(toS, state.newestS + 1), segments);
  return segments;
}

function cover(state: StoreState, level: number, fromS: number, toS: number, into: Segment[]): void {
  if (fromS >= toS) return;
  const resolutionS = RESOLUTIONS_S[level]!;
  if (level === 0) {
    into.push({ resolutionS, fromS, toS });
    return;
  }
  const finerFromS = state.prunedBeforeS[level - 1]!;
  if (fromS < finerFromS) {
    // The finer buckets are gone here: a bucket counts where it starts.
    const oldToS = Math.min(toS, finerFromS);
    into.push({ resolutionS, fromS, toS: oldToS });
    cover(state, level, oldToS, toS, into);
    return;
  }
  const wholeFromS = ceilToBucket(fromS, level, state.alignS);
  const wholeToS = floorToBucket(Math.min(toS, state.rolledUpToS[level]!), level, state.alignS);
  if (wholeFromS >= wholeToS) {
    cover(state, level - 1, fromS, toS, into);
    return;
  }
  cover(state, level - 1, fromS, wholeFromS, into);
  into.push({ resolutionS, fromS: wholeFromS, toS: wholeToS });
  cover(state, level - 1, wholeToS, toS, into);
}
