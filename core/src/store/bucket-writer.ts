// Writes one interval's blocks, rolls finished buckets up, prunes old ones: all inside one transaction of the store.
// The finest resolution is written at once, a coarser one when its bucket is over; readers add what is not yet rolled up
// (bucket-reader.ts). What arrives late, for time already rolled up, is added to every resolution that has it.
// Must not know lmdb. Bound: MAX_PRUNED_PER_APPEND removals an append.
import type { BlockReader, BlockWriter } from './block-access.js';
import { type BucketBlock, emptyBlock, mergeBlock, readBlock, writeBlock } from './bucket-block.js';
import { BLOCK_KINDS, type BlockKind, bucketKey } from './store-keys.js';
import { MAX_PRUNED_PER_APPEND, RESOLUTIONS_S } from './store-limits.js';
import type { StoreState } from './store-state.js';

type File = BlockReader & BlockWriter;

export function floorTo(second: number, resolutionS: number): number {
  return Math.floor(second / resolutionS) * resolutionS;
}

/** Adds the blocks of an interval that starts in second `startS`. */
export function insertBlocks(
  file: File,
  state: StoreState,
  startS: number,
  blocks: ReadonlyMap<BlockKind, BucketBlock>,
): void {
  if (state.newestS < 0) state.rolledUpToS = RESOLUTIONS_S.map((resolutionS) => floorTo(startS, resolutionS));
  RESOLUTIONS_S.forEach((resolutionS, level) => {
    if (startS < state.prunedBeforeS[level]!) return;
    if (level > 0 && startS >= state.rolledUpToS[level]!) return;
    for (const [kind, block] of blocks) addToBucket(file, kind, resolutionS, floorTo(startS, resolutionS), block);
  });
  state.firstS = state.firstS < 0 ? startS : Math.min(state.firstS, startS);
  state.newestS = Math.max(state.newestS, startS);
}

function addToBucket(file: File, kind: BlockKind, resolutionS: number, startS: number, block: BucketBlock): void {
  const key = bucketKey(kind, resolutionS, startS);
  const present = file.get(key);
  if (present === undefined) {
    file.put(key, writeBlock(kind, block));
    return;
  }
  const merged = readBlock(kind, present);
  mergeBlock(merged, block);
  file.put(key, writeBlock(kind, merged));
}

/** Sums every bucket that is over into the next resolution. Answers whether anything was rolled up. */
export function rollUp(file: File, state: StoreState): boolean {
  let rolled = false;
  for (let level = 1; level < RESOLUTIONS_S.length; level++) {
    const resolutionS = RESOLUTIONS_S[level]!;
    const fromS = state.rolledUpToS[level]!;
    const toS = floorTo(state.newestS, resolutionS);
    if (toS <= fromS) break;
    for (const kind of BLOCK_KINDS) rollKind(file, kind, level, fromS, toS);
    state.rolledUpToS[level] = toS;
    rolled = true;
  }
  return rolled;
}

function rollKind(file: File, kind: BlockKind, level: number, fromS: number, toS: number): void {
  const finerS = RESOLUTIONS_S[level - 1]!;
  const resolutionS = RESOLUTIONS_S[level]!;
  let bucketS = -1;
  let bucket = emptyBlock(kind);
  const flush = (): void => {
    if (bucketS >= 0) file.put(bucketKey(kind, resolutionS, bucketS), writeBlock(kind, bucket));
  };
  for (const { key, value } of file.range(bucketKey(kind, finerS, fromS), bucketKey(kind, finerS, toS))) {
    const startS = floorTo(Number(key[2]), resolutionS);
    if (startS !== bucketS) {
      flush();
      bucketS = startS;
      bucket = emptyBlock(kind);
    }
    mergeBlock(bucket, readBlock(kind, value));
  }
  flush();
}

/** Removes what is older than its retention, as seen from `nowS`; never what is not yet rolled up. */
export function pruneBuckets(file: File, state: StoreState, nowS: number, retentionS: readonly number[]): void {
  let left = MAX_PRUNED_PER_APPEND;
  for (let level = 0; level < RESOLUTIONS_S.length - 1; level++) {
    const coarserS = RESOLUTIONS_S[level + 1]!;
    const keepS = retentionS[level] ?? Infinity;
    if (keepS === Infinity) continue;
    const limitS = Math.min(floorTo(nowS - keepS, coarserS), state.rolledUpToS[level + 1]!);
    if (limitS <= state.prunedBeforeS[level]!) continue;
    // The mark moves first: readers look no further back, the next resolution has all of it. Rows that do not fit into this
    // append's share go with a later one.
    state.prunedBeforeS[level] = limitS;
    for (const kind of BLOCK_KINDS) {
      const resolutionS = RESOLUTIONS_S[level]!;
      const keys = file.keys(bucketKey(kind, resolutionS, 0), bucketKey(kind, resolutionS, limitS), left);
      for (const key of keys) file.remove(key);
      left -= keys.length;
      if (left === 0) return;
    }
  }
}
