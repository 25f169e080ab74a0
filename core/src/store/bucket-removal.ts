// Removes old buckets: by retention, and on request. Owns what goes first and what never goes: a bucket that is not yet summed
// into the next resolution. Must not know lmdb. Bound: MAX_PRUNED_PER_APPEND entries a transaction.
import type { BlockReader, BlockWriter } from './block-access.js';
import { bucketOf, chunkOf, firstBucketOf, floorToBucket } from './bucket-time.js';
import { encodeEntry, readChunk } from './chunk-entry.js';
import { type BlockKind, chunkGroups, chunkKey } from './store-keys.js';
import { MAX_PRUNED_PER_APPEND, RESOLUTIONS_S } from './store-limits.js';
import type { StoreState } from './store-state.js';

type File = BlockReader & BlockWriter;

const DAY_LEVEL = RESOLUTIONS_S.length - 1;

/** Removes what is older than its retention, as seen from `nowS`; never what is not yet rolled up. */
export function pruneBuckets(file: File, state: StoreState, nowS: number, retentionS: readonly number[]): void {
  let left = MAX_PRUNED_PER_APPEND;
  for (let level = 0; level < DAY_LEVEL; level++) {
    const keepS = retentionS[level] ?? Infinity;
    if (keepS === Infinity) continue;
    const limitS = Math.min(floorToBucket(nowS - keepS, level + 1, state.alignS), state.rolledUpToS[level + 1]!);
    if (limitS <= state.prunedBeforeS[level]!) continue;
    // The mark moves first: readers look no further back, the next resolution has all of it. Rows that do not fit into this
    // append's share go with a later one.
    state.prunedBeforeS[level] = limitS;
    left -= removeChunksBefore(file, state, level, limitS, left);
    if (left === 0) return;
  }
}

/** Removes chunks that end at or before `limitS`, at most `most`. Answers how many. */
export function removeChunksBefore(file: File, state: StoreState, level: number, limitS: number, most: number): number {
  let removed = 0;
  const end = chunkOf(bucketOf(limitS, level, state.alignS), level);
  for (const [kind] of chunkGroups(level)) {
    if (removed === most) break;
    for (const key of file.keys(chunkKey(kind!, level, 0), chunkKey(kind!, level, end), most - removed)) {
      file.remove(key);
      removed += 1;
    }
  }
  return removed;
}

/**
 * Removes every bucket that starts before `limitS`, the start of a day, at most `most` entries. Answers how many entries went;
 * one that only lost some of its days does not count.
 */
export function removeBucketsBefore(file: File, state: StoreState, limitS: number, most: number): number {
  let removed = 0;
  for (let level = 0; level <= DAY_LEVEL; level++) {
    removed += removeChunksBefore(file, state, level, limitS, most - removed);
    if (removed >= most) return removed;
  }
  const limit = bucketOf(limitS, DAY_LEVEL, state.alignS);
  for (const [kind] of chunkGroups(DAY_LEVEL)) removed += cutDays(file, kind!, limit);
  return removed;
}

/** An entry that has days on both sides of the limit keeps the later ones. Answers 1 if none are left. */
function cutDays(file: File, kind: BlockKind, limit: number): number {
  const chunk = chunkOf(limit, DAY_LEVEL);
  const key = chunkKey(kind, DAY_LEVEL, chunk);
  const bytes = file.get(key);
  if (bytes === undefined) return 0;
  const slots = readChunk(bytes, kind, DAY_LEVEL);
  const gone = limit - firstBucketOf(chunk, DAY_LEVEL);
  if (slots.slice(0, gone).every((block) => block === undefined)) return 0;
  slots.fill(undefined, 0, gone);
  if (slots.every((block) => block === undefined)) {
    file.remove(key);
    return 1;
  }
  file.put(key, encodeEntry(new Map([[kind, slots]]), DAY_LEVEL, true));
  return 0;
}
