// Traffic over time, for charts. Must not know lmdb. Bound: the caller's points.
import type { Store, StoreView } from '../store/store.js';
import type { Filter, HistoryPoint, HistorySeries } from './history-answers.js';
import { isFiltered } from './history-filter.js';
import { seriesReading } from './history-reading.js';
import { PeriodCursor } from './history-spans.js';
import { type ChartSteps, chartSteps } from './history-steps.js';
import type { TimeRange } from './time-range.js';

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** Traffic over time in at most `maxPoints` steps and one, none finer than what is kept and was recorded. */
export function querySeries(store: Store, range: TimeRange, maxPoints: number, filter?: Filter): HistorySeries {
  return store.view((view) => {
    const chart = chartSteps(view, range, maxPoints);
    const points = chart.steps.map(({ fromUs, toUs }): Mutable<HistoryPoint> => {
      return { startUs: fromUs, endUs: toUs, txBytes: 0, rxBytes: 0, coveredUs: 0 };
    });
    const hasFilter = isFiltered(filter);
    addTotals(view, chart, points, hasFilter);
    if (hasFilter) addFiltered(view, chart, points, filter);
    const source = filter?.zone === undefined ? 'counters' : 'packets';
    return { ...range, stepUs: chart.stepUs, source, points };
  });
}

function addTotals(view: StoreView, chart: ChartSteps, points: Mutable<HistoryPoint>[], onlyTime: boolean): void {
  const cursor = new PeriodCursor(view, chart.steps);
  for (const { resolutionS, fromUs, toUs } of chart.spans) {
    view.readTotals(resolutionS, fromUs, toUs, (bucketUs, sums) => {
      const point = points[cursor.indexAt(bucketUs)]!;
      point.coveredUs += sums.coveredUs;
      if (onlyTime) return true;
      point.txBytes += sums.txBytes;
      point.rxBytes += sums.rxBytes;
      return true;
    });
  }
}

/** An interface from its counters, a zone from the packets. */
function addFiltered(view: StoreView, chart: ChartSteps, points: Mutable<HistoryPoint>[], filter: Filter): void {
  const { kind, counts } = seriesReading(view, 'interface', filter);
  const cursor = new PeriodCursor(view, chart.steps);
  for (const { resolutionS, fromUs, toUs } of chart.spans) {
    view.readSeries(kind, resolutionS, fromUs, toUs, (bucketUs, series) => {
      const point = points[cursor.indexAt(bucketUs)]!;
      const { txBytes, rxBytes } = series;
      for (let row = 0; row < series.length; row++) {
        if (counts?.(series, row) === false) continue;
        point.txBytes += txBytes[row]!;
        point.rxBytes += rxBytes[row]!;
      }
      return true;
    });
  }
}
