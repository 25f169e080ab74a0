// How much moved in a period, and how much of it was seen. Must not know lmdb.
import type { Store } from '../store/store.js';
import { NO_TRAFFIC, type TotalsSums } from '../store/totals-block.js';
import type { CaptureLoss, HistoryTotals } from './history-answers.js';
import type { TimeRange } from './time-range.js';

const US_PER_S = 1_000_000;

/** Sums of a period. Neighbouring periods add up exactly. */
export function queryTotals(store: Store, { fromUs, toUs }: TimeRange): HistoryTotals {
  const sums: Record<keyof TotalsSums, number> = { ...NO_TRAFFIC };
  let firstUs: number | undefined;
  let lastUs: number | undefined;
  store.view((view) => {
    for (const segment of view.segments(fromUs, toUs)) {
      view.readTotals(segment.resolutionS, segment.fromS * US_PER_S, segment.toS * US_PER_S, (startUs, bucket) => {
        for (const field of Object.keys(NO_TRAFFIC) as (keyof TotalsSums)[]) {
          if (field === 'longestIntervalUs') sums[field] = Math.max(sums[field], bucket[field]);
          else sums[field] += bucket[field];
        }
        firstUs ??= startUs;
        const endUs = startUs + Math.max(segment.resolutionS * US_PER_S, bucket.longestIntervalUs);
        lastUs = Math.max(lastUs ?? 0, endUs);
        return true;
      });
    }
    const { lastEndUs } = view.info();
    if (lastUs !== undefined && lastEndUs !== undefined) lastUs = Math.min(lastUs, lastEndUs);
  });
  return { ...sums, ...(firstUs === undefined || lastUs === undefined ? {} : { firstUs, lastUs }) };
}

export function queryCaptureLoss(store: Store, range: TimeRange): CaptureLoss {
  const { received, delivered, droppedByKernel, droppedByHelper } = queryTotals(store, range);
  const lost = droppedByKernel + droppedByHelper;
  const loss = { received, delivered, droppedByKernel, droppedByHelper };
  return received > 0 ? { ...loss, lossRatio: lost / received } : loss;
}
