// Traffic over time, for charts. Owns the choice of step and resolution. Must not know lmdb. Bound: the caller's points.
import type { Store, StoreView } from '../store/store.js';
import { RESOLUTIONS_S, type ResolutionS } from '../store/store-limits.js';
import type { HistorySeries } from './history-answers.js';
import type { TimeRange } from './time-range.js';

const US_PER_S = 1_000_000;

/** Traffic over time in at most `maxPoints` equal steps, none finer than what is kept and was recorded. */
export function querySeries(store: Store, { fromUs, toUs }: TimeRange, maxPoints: number): HistorySeries {
  return store.view((view) => {
    const finestS = Math.max(
      view.finestResolutionS(fromUs),
      Math.ceil(longestIntervalUs(view, fromUs, toUs) / US_PER_S),
    );
    const stepS = stepFor(Math.max(finestS, (toUs - fromUs) / US_PER_S / maxPoints));
    const resolutionS = [...RESOLUTIONS_S].reverse().find((candidate) => stepS % candidate === 0) ?? 1;
    return seriesOf(view, { fromUs, toUs }, stepS, resolutionS);
  });
}

function longestIntervalUs(view: StoreView, fromUs: number, toUs: number): number {
  let longestUs = 0;
  for (const { resolutionS, fromS, toS } of view.segments(fromUs, toUs)) {
    view.readTotals(resolutionS, fromS * US_PER_S, toS * US_PER_S, (_, sums) => {
      longestUs = Math.max(longestUs, sums.longestIntervalUs);
      return true;
    });
  }
  return longestUs;
}

/** Steps people can read off an axis; every kept resolution divides those above it. */
const STEPS_S = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

function stepFor(atLeastS: number): number {
  return STEPS_S.find((candidate) => candidate >= atLeastS) ?? Math.ceil(atLeastS / 86_400) * 86_400;
}

function seriesOf(view: StoreView, range: TimeRange, stepS: number, resolutionS: ResolutionS): HistorySeries {
  const stepUs = stepS * US_PER_S;
  const startUs = Math.floor(range.fromUs / stepUs) * stepUs;
  const count = Math.max(1, Math.ceil((range.toUs - startUs) / stepUs));
  const points = Array.from({ length: count }, (_, index) => {
    return { startUs: startUs + index * stepUs, txBytes: 0, rxBytes: 0, coveredUs: 0 };
  });
  // The same buckets as the total of the period, or finer ones: the chart adds up to it.
  for (const segment of view.segments(range.fromUs, range.toUs)) {
    const fineS = segment.resolutionS < resolutionS ? segment.resolutionS : resolutionS;
    view.readTotals(fineS, segment.fromS * US_PER_S, segment.toS * US_PER_S, (bucketUs, sums) => {
      const point = points[Math.max(0, Math.floor((bucketUs - startUs) / stepUs))];
      if (point !== undefined) {
        point.txBytes += sums.txBytes;
        point.rxBytes += sums.rxBytes;
        point.coveredUs += sums.coveredUs;
      }
      return true;
    });
  }
  return { ...range, stepUs, points };
}
