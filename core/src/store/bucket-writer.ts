// Writes intervals into buckets and rolls finished buckets up: all inside one transaction of the store.
// The finest resolution is written at once, a coarser one when its bucket is over; readers add what is not yet rolled up
// (bucket-reader.ts). What arrives late, for time already rolled up, is added to every resolution that has it.
// Must not know lmdb. Bound: see chunk-store.ts.
import type { BlockReader, BlockWriter } from './block-access.js';
import { accumulatorFor, maxRowsOf } from './bucket-block.js';
import { bucketOf, floorToBucket, floorToStep } from './bucket-time.js';
import type { ChunkStore } from './chunk-store.js';
import type { RowArena } from './row-arena.js';
import type { RowBlock } from './row-block.js';
import { type BlockKind, chunkGroups, chunkKey } from './store-keys.js';
import { RESOLUTIONS_S, ROLL_UP_STEPS_S } from './store-limits.js';
import type { StoreState } from './store-state.js';

type File = BlockReader & BlockWriter;

const DAY_LEVEL = RESOLUTIONS_S.length - 1;

/** Adds the blocks of an interval that starts in second `startS`. */
export function insertBlocks(
  file: File,
  chunks: ChunkStore,
  state: StoreState,
  startS: number,
  blocks: ReadonlyMap<BlockKind, RowBlock>,
): void {
  if (state.newestS < 0) {
    state.rolledUpToS = RESOLUTIONS_S.map((_, level) => floorToBucket(startS, level, state.alignS));
  }
  for (let level = 0; level <= DAY_LEVEL; level++) {
    if (startS < state.prunedBeforeS[level]!) continue;
    if (level > 0 && startS >= state.rolledUpToS[level]!) continue;
    const bucket = bucketOf(startS, level, state.alignS);
    for (const [kind, block] of blocks) addToBucket(file, chunks, kind, level, bucket, block);
  }
  state.firstS = state.firstS < 0 ? startS : Math.min(state.firstS, startS);
  state.newestS = Math.max(state.newestS, startS);
}

function addToBucket(
  file: File,
  chunks: ChunkStore,
  kind: BlockKind,
  level: number,
  bucket: number,
  block: RowBlock,
): void {
  const present = chunks.get(file, kind, level, bucket);
  chunks.put(file, kind, level, bucket, present === undefined ? block : sumOf(kind, [present, block], chunks.arena));
}

function sumOfChunk(
  file: File,
  chunks: ChunkStore,
  kind: BlockKind,
  level: number,
  number: number,
): RowBlock | undefined {
  const blocks = chunks.blocks(file, kind, level, number);
  return blocks.length > 1 ? sumOf(kind, blocks, chunks.arena) : blocks[0];
}

function sumOf(kind: BlockKind, blocks: readonly RowBlock[], arena?: RowArena): RowBlock {
  const sums = accumulatorFor(kind, (blocks[0]?.length ?? 0) * 2);
  for (const block of blocks) sums.addBlock(block);
  return sums.finish(maxRowsOf(kind), arena);
}

/** Sums every bucket that is over into the next resolution, and writes all that changed. Answers whether any was rolled up. */
export function rollUp(file: File, chunks: ChunkStore, state: StoreState): boolean {
  let rolled = false;
  // Intervals come one after the other: what they have reached is over, also before the next one says so.
  const reachedS = Math.max(state.newestS, Math.floor(state.lastEndUs / 1_000_000));
  for (let level = 1; level <= DAY_LEVEL; level++) {
    const fromS = state.rolledUpToS[level]!;
    const toS = floorToStep(reachedS, ROLL_UP_STEPS_S[level]!, state.alignS);
    if (toS <= fromS) continue;
    // What is summed is in the file: its keys say which buckets there are.
    chunks.flush(file, doneBefore(state));
    for (const kinds of chunkGroups(level - 1)) rollKinds(file, chunks, state, kinds, level, fromS, toS);
    state.rolledUpToS[level] = toS;
    rolled = true;
  }
  const openFrom = doneBefore(state);
  chunks.flush(file, openFrom);
  keepSums(chunks, state, openFrom);
  chunks.settle(openFrom);
  return rolled;
}

/** Of what is over and not yet due in the next resolution. */
function keepSums(chunks: ChunkStore, state: StoreState, openFrom: readonly number[]): void {
  for (let level = 0; level < DAY_LEVEL; level++) {
    // A chunk is a bucket of the next resolution.
    const fromNumber = bucketOf(state.rolledUpToS[level + 1]!, level + 1, state.alignS);
    chunks.keepSums(level, fromNumber, openFrom[level]!, (kind, blocks) => sumOf(kind, blocks));
  }
}

/** Of kinds that share their entries. */
function rollKinds(
  file: File,
  chunks: ChunkStore,
  state: StoreState,
  kinds: readonly BlockKind[],
  level: number,
  fromS: number,
  toS: number,
): void {
  // A chunk of the finer resolution is a bucket of this one.
  const start = chunkKey(kinds[0]!, level - 1, bucketOf(fromS, level, state.alignS));
  const end = chunkKey(kinds[0]!, level - 1, bucketOf(toS, level, state.alignS));
  for (const key of file.keys(start, end, Number.MAX_SAFE_INTEGER)) {
    const bucket = Number(key[2]);
    for (const kind of kinds) {
      const sum = chunks.takeSum(kind, level - 1, bucket) ?? sumOfChunk(file, chunks, kind, level - 1, bucket);
      if (sum !== undefined) chunks.put(file, kind, level, bucket, sum);
    }
  }
}

/** By resolution: the first bucket that is not yet written for good. */
function doneBefore(state: StoreState): number[] {
  return RESOLUTIONS_S.map((_, level) => {
    return bucketOf(level === 0 ? state.newestS : state.rolledUpToS[level]!, level, state.alignS);
  });
}
