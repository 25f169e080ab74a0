// Reads buckets back, complete: what is not yet rolled up is summed on the way, so every resolution gives the same total.
// Must not know lmdb. Bound: one bucket of each kind in memory at a time.
import type { BlockReader } from './block-access.js';
import { type BucketBlock, emptyBlock, mergeBlock, readBlock } from './bucket-block.js';
import { floorTo } from './bucket-writer.js';
import { type BlockKind, bucketKey } from './store-keys.js';
import { RESOLUTIONS_S, type ResolutionS } from './store-limits.js';
import type { StoreState } from './store-state.js';

export interface TimedBlock {
  readonly startS: number;
  readonly block: BucketBlock;
}

/** A stretch of time, and the resolution that answers for it. */
export interface Segment {
  readonly resolutionS: ResolutionS;
  readonly fromS: number;
  readonly toS: number;
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
  const resolutionS = RESOLUTIONS_S[level]!;
  const start = Math.max(0, fromS, state.prunedBeforeS[level]!);
  if (start >= toS) return;
  for (const { key, value } of file.range(bucketKey(kind, resolutionS, start), bucketKey(kind, resolutionS, toS))) {
    yield { startS: Number(key[2]), block: readBlock(kind, value) };
  }
  if (level === 0) return;
  const tailS = Math.max(start, state.rolledUpToS[level]!);
  yield* summed(
    readBuckets(file, state, kind, level - 1, Math.ceil(tailS / resolutionS) * resolutionS, endOf(toS, resolutionS)),
    kind,
    resolutionS,
  );
}

/** The bucket that starts before `toS` is read whole. */
function endOf(toS: number, resolutionS: number): number {
  return Math.ceil(toS / resolutionS) * resolutionS;
}

function* summed(finer: Iterable<TimedBlock>, kind: BlockKind, resolutionS: number): Generator<TimedBlock> {
  let startS = -1;
  let block = emptyBlock(kind);
  for (const part of finer) {
    const bucketS = floorTo(part.startS, resolutionS);
    if (bucketS !== startS) {
      if (startS >= 0) yield { startS, block };
      startS = bucketS;
      block = emptyBlock(kind);
    }
    mergeBlock(block, part.block);
  }
  if (startS >= 0) yield { startS, block };
}

/**
 * The fewest buckets that cover [fromS, toS): whole coarse buckets inside, finer ones at the edges while they are kept.
 * Neighbouring periods never share a bucket, so their totals add up.
 */
export function coverPeriod(state: StoreState, fromS: number, toS: number): Segment[] {
  if (state.newestS < 0) return [];
  const segments: Segment[] = [];
  // A period that reaches back to the first row means all of its bucket, also where only a day is left of it.
  const start = fromS <= state.firstS ? floorTo(state.firstS, RESOLUTIONS_S.at(-1)!) : fromS;
  cover(state, RESOLUTIONS_S.length - 1, start, Math.min(toS, state.newestS + 1), segments);
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
  const wholeFromS = Math.ceil(fromS / resolutionS) * resolutionS;
  const wholeToS = floorTo(Math.min(toS, state.rolledUpToS[level]!), resolutionS);
  if (wholeFromS >= wholeToS) {
    cover(state, level - 1, fromS, toS, into);
    return;
  }
  cover(state, level - 1, fromS, wholeFromS, into);
  into.push({ resolutionS, fromS: wholeFromS, toS: wholeToS });
  cover(state, level - 1, wholeToS, toS, into);
}
