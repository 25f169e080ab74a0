// Keeps the whole store within a number of bytes. Owns what goes when it does not fit: the oldest minutes of flows and names, then
// the oldest buckets of the finest resolution, then of the next, then the oldest alerts; days never go, nor what is not yet summed into a coarser
// resolution. Must not know lmdb. Bound: MAX_BUDGET_REMOVALS entries an append.
import type { BlockReader, BlockWriter } from './block-access.js';
import { bucketOf, bucketStart } from './bucket-time.js';
import { removeIncidents } from './incident-log.js';
import { removeOldestMinute } from './minute-log.js';
import { chunkGroups, chunkKey } from './store-keys.js';
import { MAX_BUDGET_REMOVALS, RESOLUTIONS_S } from './store-limits.js';
import type { StoreState } from './store-state.js';

type File = BlockReader & BlockWriter;

const DAY_LEVEL = RESOLUTIONS_S.length - 1;

/** Removes what makes up for `excessBytes`, as far as one append may. Answers the bytes of what went. */
export function pruneToBudget(file: File, state: StoreState, excessBytes: number): number {
  let removed = 0;
  let left = MAX_BUDGET_REMOVALS;
  while (removed < excessBytes && left > 0) {
    const bytes = removeOldestMinute(file, state);
    if (bytes === 0) break;
    removed += bytes;
    left -= 1;
  }
  for (let level = 0; level < DAY_LEVEL; level++) {
    while (removed < excessBytes && left > 0) {
      const bytes = removeOldestChunk(file, state, level);
      if (bytes === 0) break;
      removed += bytes;
      left -= 1;
    }
  }
  // Alerts are few and small: they stay longest.
  if (removed < excessBytes && left > 0) removed += removeIncidents(file, state, () => true, left).bytes;
  state.prunedBytes += removed;
  return removed;
}

/** All kinds of the oldest stretch of time. Answers its bytes, 0 when nothing may go. */
function removeOldestChunk(file: File, state: StoreState, level: number): number {
  const { alignS } = state;
  // A chunk is a bucket of the next resolution, which must have its sum.
  const end = bucketOf(state.rolledUpToS[level + 1]!, level + 1, alignS);
  let oldest = end;
  for (const [kind] of chunkGroups(level)) {
    const [key] = file.keys(chunkKey(kind!, level, 0), chunkKey(kind!, level, oldest), 1);
    if (key !== undefined) oldest = Number(key[2]);
  }
  if (oldest >= end) return 0;
  let bytes = 0;
  for (const [kind] of chunkGroups(level)) {
    const key = chunkKey(kind!, level, oldest);
    const value = file.get(key);
    if (value === undefined) continue;
    bytes += value.length;
    file.remove(key);
  }
  const keptFromS = bucketStart(oldest + 1, level + 1, alignS);
  state.prunedBeforeS[level] = Math.max(state.prunedBeforeS[level]!, keptFromS);
  return bytes;
}
