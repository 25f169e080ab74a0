// Traffic over time, for charts. Must not know lmdb. Bound: the caller's points.
import { RX_BYTES, TX_BYTES } from '../store/series-block.js';
import type { Store, StoreView } from '../store/store.js';
import { CAUGHT_UP_COLUMN, COVERED_COLUMN } from '../store/totals-block.js';
import type { Filter, HistoryPoint, HistorySeries } from './history-answers.js';
import { isFiltered } from './history-filter.js';
import { seriesByPeriod, sumsByPeriod } from './history-period-sums.js';
import { seriesReading } from './history-reading.js';
import { type ChartGrain, type ChartSteps, chartSteps } from './history-steps.js';
import type { TimeRange } from './time-range.js';

/** Traffic over time by the grain, none finer than what is kept and was recorded. */
export function querySeries(store: Store, range: TimeRange, grain: ChartGrain, filter?: Filter): HistorySeries {
  return store.view((view) => {
    const chart = chartSteps(view, range, grain);
    const totals = sumsByPeriod(view, chart.spans, chart.steps, CAUGHT_UP_COLUMN + 1);
    const columns = isFiltered(filter) ? filteredBytes(view, chart, filter) : totals;
    const txBytes = columns[TX_BYTES]!;
    const rxBytes = columns[RX_BYTES]!;
    const coveredUs = totals[COVERED_COLUMN]!;
    // Counters know no zones. Of one interface it is at most what moved on it.
    const caughtUp = (step: number): number =>
      filter?.zone !== undefined ? 0 : Math.min(totals[CAUGHT_UP_COLUMN]![step]!, txBytes[step]! + rxBytes[step]!);
    const points = chart.steps.map(({ fromUs, toUs }, step): HistoryPoint => {
      return {
        startUs: fromUs,
        endUs: toUs,
        txBytes: txBytes[step]!,
        rxBytes: rxBytes[step]!,
        coveredUs: coveredUs[step]!,
        ...(caughtUp(step) > 0 && { caughtUpBytes: caughtUp(step) }),
      };
    });
    const source = filter?.zone === undefined ? 'counters' : 'packets';
    return { ...range, stepUs: chart.stepUs, source, points };
  });
}

/** Sent and received by step. An interface from its counters, a zone from the packets. */
function filteredBytes(view: StoreView, { spans, steps }: ChartSteps, filter: Filter): readonly Float64Array[] {
  const { kind, counts } = seriesReading(view, 'interface', filter);
  return seriesByPeriod(view, { kind, counts }, spans, steps, RX_BYTES + 1);
}
