// Neighbouring periods as few stretches of buckets, each read once. Owns which bucket belongs to which period.
// Must not know lmdb. Bound: some stretches a period.
import type { BucketRows } from '../store/bucket-rows.js';
import type { StoreView } from '../store/store.js';
import type { ResolutionS } from '../store/store-limits.js';
import type { TimeRange } from './time-range.js';

const US_PER_S = 1_000_000;

/** Buckets of one resolution that start in [fromUs, toUs). */
export interface Span extends TimeRange {
  readonly resolutionS: ResolutionS;
}

/** Start of the first second with data; Infinity in an empty store. */
export function firstUsOf(view: StoreView): number {
  return view.recorded().firstUs ?? Number.POSITIVE_INFINITY;
}

/** Periods in order of time that do not overlap. */
export function areNeighbours(periods: readonly TimeRange[]): boolean {
  return periods.every(({ fromUs, toUs }, index) => {
    return fromUs <= toUs && (index === 0 || fromUs >= periods[index - 1]!.toUs);
  });
}

/**
 * What to read for neighbouring periods, so that every period is made of the buckets it would be made of alone and touching
 * stretches of one resolution are one. `coarsest`: read nothing coarser, for charts whose steps are shorter.
 */
export function spansOf(view: StoreView, periods: readonly TimeRange[], coarsest?: ResolutionS): Span[] {
  const spans: { resolutionS: ResolutionS; fromUs: number; toUs: number }[] = [];
  for (const { fromUs, toUs } of periods) {
    for (const segment of view.segments(fromUs, toUs)) {
      const resolutionS = coarsest !== undefined && segment.resolutionS > coarsest ? coarsest : segment.resolutionS;
      const startUs = segment.fromS * US_PER_S;
      const endUs = segment.toS * US_PER_S;
      const last = spans.at(-1);
      if (last !== undefined && last.resolutionS === resolutionS && last.toUs === startUs) last.toUs = endUs;
      else spans.push({ resolutionS, fromUs: startUs, toUs: endUs });
    }
  }
  return spans;
}

/** Which period a bucket belongs to, for buckets in order of time. */
export class PeriodCursor {
  readonly #periods: readonly TimeRange[];
  #at: number;

  constructor(view: StoreView, periods: readonly TimeRange[]) {
    this.#periods = periods;
    const firstUs = firstUsOf(view);
    this.#at = Math.max(
      0,
      periods.findIndex(({ toUs }) => Math.ceil(toUs / US_PER_S) * US_PER_S > firstUs),
    );
  }

  /** Of each bucket of `rows` that was asked for, by its number in them. */
  indexesOf(rows: BucketRows): Int32Array {
    const indexes = new Int32Array(rows.endBucket);
    for (let bucket = rows.firstBucket; bucket < rows.endBucket; bucket++) {
      indexes[bucket] = this.indexAt(rows.startsS[bucket]! * US_PER_S);
    }
    return indexes;
  }

  /**
   * The last period that starts at or before `us`. Where only a coarse bucket is left of the begin of history, it starts before
   * the first row: it belongs to the period that has this row.
   */
  indexAt(us: number): number {
    const periods = this.#periods;
    while (this.#at + 1 < periods.length && periods[this.#at + 1]!.fromUs <= us) this.#at += 1;
    return this.#at;
  }
}
