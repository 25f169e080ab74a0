// Where a moment of the past lies: in a recorded interval, in the finest resolution that is kept there, or in a gap.
// Must not know lmdb, nor what moved. Bound: some chunks of totals, however far apart two recorded moments lie.
import type { StoreView } from '../../store/store.js';
import { RESOLUTIONS_S, type ResolutionS } from '../../store/store-limits.js';
import type { TotalsSums } from '../../store/totals-block.js';
import type { TimeRange } from '../time-range.js';

export const US_PER_S = 1_000_000;

export interface RecordedBucket {
  readonly startUs: number;
  readonly resolutionS: ResolutionS;
  readonly sums: TotalsSums;
}

/** Without a bucket it is a gap. Spans of one moment of the store touch each other: the next one begins at `toUs`. */
export interface PastSpan extends TimeRange {
  readonly bucket?: RecordedBucket;
}

/** What is recorded: from the start of its first bucket to the end of its newest; undefined in an empty store. */
export function recordedRange(view: StoreView): TimeRange | undefined {
  const { newestUs } = view.recorded();
  const first = bucketAfter(view, Number.NEGATIVE_INFINITY);
  const last = newestUs === undefined ? undefined : bucketUpTo(view, newestUs);
  if (first === undefined || last === undefined) return undefined;
  return { fromUs: first.startUs, toUs: endOf(view, last, undefined) };
}

/** The span that contains the moment. Before and after all that is recorded it is a gap that ends or begins with the moment. */
export function spanAt(view: StoreView, atUs: number): PastSpan {
  const bucket = bucketUpTo(view, atUs);
  if (bucket === undefined) {
    const first = bucketAfter(view, Number.NEGATIVE_INFINITY);
    return { fromUs: atUs, toUs: Math.max(atUs, first?.startUs ?? atUs) };
  }
  const next = bucketAfter(view, bucket.startUs + bucket.resolutionS * US_PER_S - 1);
  const endUs = endOf(view, bucket, next);
  if (atUs < endUs) return { fromUs: bucket.startUs, toUs: endUs, bucket };
  return { fromUs: endUs, toUs: next?.startUs ?? Math.max(atUs, endUs) };
}

/**
 * A bucket is known by the second its intervals began in, so its last one may end this much behind it. Where that reaches the next
 * bucket, nothing is missing: seconds without a start come about because intervals are some microseconds longer than a second.
 * What was caught up has no moment of its own: it lasts until something else begins.
 */
function endOf(
  view: StoreView,
  { startUs, resolutionS, sums }: RecordedBucket,
  next: RecordedBucket | undefined,
): number {
  const nextUs = next?.startUs ?? Math.max(view.recorded().lastEndUs ?? 0, startUs + 1);
  return sums.caughtUpBytes > 0 ? nextUs : Math.min(nextUs, startUs + resolutionS * US_PER_S + sums.longestIntervalUs);
}

/** The last bucket that starts at or before the moment. */
function bucketUpTo(view: StoreView, atUs: number): RecordedBucket | undefined {
  const { firstUs } = view.recorded();
  if (firstUs === undefined) return undefined;
  // The first bucket may begin before the first row.
  const endUs = Math.max((Math.floor(atUs / US_PER_S) + 1) * US_PER_S, firstUs + US_PER_S);
  for (const { resolutionS, fromS, toS } of view.segments(firstUs, endUs).toReversed()) {
    const found = edgeBucket(view, resolutionS, fromS * US_PER_S, toS * US_PER_S, 'last');
    if (found === undefined) continue;
    const bucket = finest(view, found, 'last', endUs);
    return bucket.startUs <= atUs ? bucket : undefined;
  }
  return undefined;
}

/** The first bucket that starts after the moment. */
function bucketAfter(view: StoreView, afterUs: number): RecordedBucket | undefined {
  const { firstUs, newestUs } = view.recorded();
  if (firstUs === undefined || newestUs === undefined) return undefined;
  const fromUs = afterUs < firstUs - US_PER_S ? firstUs : (Math.floor(afterUs / US_PER_S) + 1) * US_PER_S;
  for (const { resolutionS, fromS, toS } of view.segments(fromUs, newestUs + US_PER_S)) {
    const found = edgeBucket(view, resolutionS, fromS * US_PER_S, toS * US_PER_S, 'first');
    if (found !== undefined) return finest(view, found, 'first', newestUs + US_PER_S);
  }
  return undefined;
}

type Edge = 'first' | 'last';

/** The same edge in finer and finer buckets, as far as they are kept. */
function finest(view: StoreView, coarse: RecordedBucket, edge: Edge, endUs: number): RecordedBucket {
  let found = coarse;
  for (let level = RESOLUTIONS_S.indexOf(coarse.resolutionS) - 1; level >= 0; level--) {
    const toUs = Math.min(found.startUs + found.resolutionS * US_PER_S, endUs);
    const inner = edgeBucket(view, RESOLUTIONS_S[level]!, found.startUs, toUs, edge);
    if (inner === undefined) return found;
    found = inner;
  }
  return found;
}

function edgeBucket(
  view: StoreView,
  resolutionS: ResolutionS,
  fromUs: number,
  toUs: number,
  edge: Edge,
): RecordedBucket | undefined {
  let found: RecordedBucket | undefined;
  view.readTotals(resolutionS, fromUs, toUs, (startUs, sums) => {
    found = { startUs, resolutionS, sums };
    return edge === 'last';
  });
  return found;
}
