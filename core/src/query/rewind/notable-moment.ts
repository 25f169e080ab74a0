// What is worth a jump in the past: where packets were lost, where nothing was recorded. Alerts belong here once they are stored.
// Owns how such a moment is found without reading every second: days first, then what is finer only where something is.
// Must not know lmdb. Bound: the buckets of a period in the coarsest resolution, and some finer ones for each that is suspicious.
import type { StoreView } from '../../store/store.js';
import { RESOLUTIONS_S, type ResolutionS } from '../../store/store-limits.js';
import { type RecordedBucket, recordedRange, spanAt, US_PER_S } from './past-span.js';
import { isPartial } from './picture-at.js';

export type Direction = 'previous' | 'next';

/** The nearest one that begins at or after `fromUs`, or before it; undefined when there is none. */
export function notableMoment(view: StoreView, fromUs: number, direction: Direction): number | undefined {
  const recorded = recordedRange(view);
  if (recorded === undefined) return undefined;
  const [startUs, endUs] = direction === 'next' ? [fromUs, recorded.toUs] : [recorded.fromUs, fromUs];
  const segments = view.segments(startUs, endUs);
  const isWanted = (us: number): boolean => (direction === 'next' ? us >= fromUs : us < fromUs);
  for (const { resolutionS, fromS, toS } of direction === 'next' ? segments : segments.toReversed()) {
    const range = { fromUs: fromS * US_PER_S, toUs: toS * US_PER_S };
    const found = notableIn({ view, direction, isWanted }, resolutionS, range);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Search {
  readonly view: StoreView;
  readonly direction: Direction;
  isWanted(us: number): boolean;
}

function notableIn(
  search: Search,
  resolutionS: ResolutionS,
  { fromUs, toUs }: { readonly fromUs: number; readonly toUs: number },
): number | undefined {
  const buckets: RecordedBucket[] = [];
  search.view.readTotals(resolutionS, fromUs, toUs, (startUs, sums) => {
    buckets.push({ startUs, resolutionS, sums });
    return true;
  });
  const looks = buckets.flatMap((bucket, index) => [
    ...(index === 0 ? [() => gapAt(search, bucket.startUs - 1)] : []),
    () => within(search, bucket),
    () => gapAfter(search, bucket, buckets[index + 1]),
  ]);
  for (const look of search.direction === 'next' ? looks : looks.toReversed()) {
    const found = look();
    if (found !== undefined) return found;
  }
  return undefined;
}

function within(search: Search, bucket: RecordedBucket): number | undefined {
  const { startUs, resolutionS, sums } = bucket;
  const isLossy = sums.droppedByKernel + sums.droppedByHelper > 0;
  const hasGap = resolutionS > 1 && isPartial(bucket);
  if (!isLossy && !hasGap) return undefined;
  const level = RESOLUTIONS_S.indexOf(resolutionS);
  if (search.view.finestResolutionS(startUs) >= resolutionS) return search.isWanted(startUs) ? startUs : undefined;
  const range = { fromUs: startUs, toUs: startUs + resolutionS * US_PER_S };
  return notableIn(search, RESOLUTIONS_S[level - 1]!, range);
}

/** Something is missing between two buckets, or nobody has looked yet. */
function gapAfter(search: Search, bucket: RecordedBucket, next: RecordedBucket | undefined): number | undefined {
  const endUs = bucket.startUs + bucket.resolutionS * US_PER_S;
  if (next === undefined) return gapAt(search, endUs + bucket.sums.longestIntervalUs);
  return next.startUs > endUs ? gapAt(search, next.startUs - 1) : undefined;
}

function gapAt({ view, isWanted }: Search, atUs: number): number | undefined {
  const span = spanAt(view, atUs);
  // Before and after all that is recorded there is no gap, there is nothing.
  const { firstUs = 0, lastEndUs = 0 } = view.recorded();
  if (span.bucket !== undefined || span.toUs >= lastEndUs || span.fromUs <= firstUs) return undefined;
  return isWanted(span.fromUs) ? span.fromUs : undefined;
}
