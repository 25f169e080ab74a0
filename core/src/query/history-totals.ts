// How much moved in a period, and how much of it was seen. Must not know lmdb. Bound: one answer a period.
import type { Mutable } from '../kernel/mutable.js';
import type { BookCategory } from '../kernel/traffic-words.js';
import { bookEntryOf } from '../store/books-block.js';
import { RX_PACKETS } from '../store/series-block.js';
import type { Store, StoreReader, StoreView } from '../store/store.js';
import { NO_TRAFFIC, TOTALS_COLUMNS, TOTALS_FIELDS, type TotalsSums } from '../store/totals-block.js';
import type { CaptureLoss, Filter, HistoryTotals } from './history-answers.js';
import { interfacesOf, isFiltered } from './history-filter.js';
import { seriesByPeriod, sumsByPeriod } from './history-period-sums.js';
import { seriesReading } from './history-reading.js';
import { areNeighbours, firstUsOf, PeriodCursor, type Span, spansOf } from './history-spans.js';
import type { TimeRange } from './time-range.js';

const US_PER_S = 1_000_000;

/** Sums of a period. Neighbouring periods add up exactly. */
export function queryTotals(store: StoreReader, range: TimeRange, filter?: Filter): HistoryTotals {
  return store.view((view) => totalsOf(view, [range], filter)[0]!);
}

/** The totals of many periods, in their order. Neighbouring ones in order of time cost one pass. */
export function queryPeriods(store: Store, ranges: readonly TimeRange[], filter?: Filter): readonly HistoryTotals[] {
  return store.view((view) => {
    if (areNeighbours(ranges)) return totalsOf(view, ranges, filter);
    return ranges.map((range) => totalsOf(view, [range], filter)[0]!);
  });
}

export function queryCaptureLoss(store: Store, range: TimeRange): CaptureLoss {
  const { received, delivered, droppedByKernel, droppedByHelper } = queryTotals(store, range);
  const lost = droppedByKernel + droppedByHelper;
  const loss = { received, delivered, droppedByKernel, droppedByHelper };
  return received > 0 ? { ...loss, lossRatio: lost / received } : loss;
}

interface PeriodSums {
  readonly sums: Mutable<TotalsSums>;
  firstUs: number | undefined;
  lastUs: number | undefined;
}

/** What a filter replaces: everything about bytes. Time and the counters of the capture stay. */
const FILTERED = [
  'txBytes',
  'rxBytes',
  'txPackets',
  'rxPackets',
  'kernelBytes',
  'attributedBytes',
  'unknownBytes',
  'notCapturedBytes',
  'inFlightBytes',
  'caughtUpBytes',
] as const satisfies readonly (keyof TotalsSums)[];

function totalsOf(view: StoreView, ranges: readonly TimeRange[], filter: Filter | undefined): HistoryTotals[] {
  const spans = spansOf(view, ranges);
  const periods = ranges.map((): PeriodSums => ({ sums: { ...NO_TRAFFIC }, firstUs: undefined, lastUs: undefined }));
  addTotals(view, spans, ranges, periods);
  if (isFiltered(filter)) {
    for (const { sums } of periods) for (const field of FILTERED) sums[field] = 0;
    addFiltered(view, spans, ranges, periods, filter);
    if (filter.zone === undefined) addBooks(view, spans, ranges, periods, filter);
  }
  const source = filter?.zone === undefined ? 'counters' : 'packets';
  const { lastEndUs = 0 } = view.recorded();
  return periods.map(({ sums, firstUs, lastUs }) => ({
    ...sums,
    source,
    ...(firstUs === undefined || lastUs === undefined ? {} : { firstUs, lastUs: Math.min(lastUs, lastEndUs) }),
  }));
}

function addTotals(
  view: StoreView,
  spans: readonly Span[],
  ranges: readonly TimeRange[],
  periods: readonly PeriodSums[],
): void {
  const columns = sumsByPeriod(view, spans, ranges, TOTALS_COLUMNS, (period, resolutionS, startUs, longestUs) => {
    const into = periods[period]!;
    into.firstUs ??= Math.max(startUs, firstUsOf(view));
    into.lastUs = Math.max(into.lastUs ?? 0, startUs + Math.max(resolutionS * US_PER_S, longestUs));
  });
  for (const [column, field] of TOTALS_FIELDS.entries()) {
    periods.forEach(({ sums }, period) => {
      sums[field] = columns[column]![period]!;
    });
  }
}

/** What the kernel counted on the interfaces; of a zone what was captured in it. */
function addFiltered(
  view: StoreView,
  spans: readonly Span[],
  ranges: readonly TimeRange[],
  periods: readonly PeriodSums[],
  filter: Filter,
): void {
  const reading = seriesReading(view, 'interface', filter);
  const [txBytes, rxBytes, txPackets, rxPackets] = seriesByPeriod(view, reading, spans, ranges, RX_PACKETS + 1);
  periods.forEach(({ sums }, period) => {
    sums.txBytes += txBytes![period]!;
    sums.rxBytes += rxBytes![period]!;
    sums.txPackets += txPackets![period]!;
    sums.rxPackets += rxPackets![period]!;
  });
}

function addBooks(
  view: StoreView,
  spans: readonly Span[],
  ranges: readonly TimeRange[],
  periods: readonly PeriodSums[],
  filter: Filter,
): void {
  const names = interfacesOf(filter);
  const cursor = new PeriodCursor(view, ranges);
  for (const { resolutionS, fromUs, toUs } of spans) {
    view.readRows('books', resolutionS, fromUs, toUs, 1, (rows) => {
      const { length, ids, tags, from, to, bucketOf } = rows;
      const bytes = rows.column(0);
      const periodOf = cursor.indexesOf(rows);
      for (let series = 0; series < length; series++) {
        if (names?.has(view.nameOf('interface', ids[series]!).name) === false) continue;
        const { category, reason } = bookEntryOf(tags[series]!);
        if (reason === 'elsewhere') continue;
        const field = BOOK_FIELDS[category];
        // Only bytes that were caught up are dated to when no recorder ran.
        const isCaughtUp = category === 'not-captured' && reason === 'recorder-down';
        for (let place = from[series]!; place < to[series]!; place++) {
          const { sums } = periods[periodOf[bucketOf[place]!]!]!;
          sums[field] += bytes[place]!;
          if (isCaughtUp) sums.caughtUpBytes += bytes[place]!;
        }
      }
      return true;
    });
  }
}

const BOOK_FIELDS = {
  kernel: 'kernelBytes',
  attributed: 'attributedBytes',
  unknown: 'unknownBytes',
  'not-captured': 'notCapturedBytes',
  'in-flight': 'inFlightBytes',
} as const satisfies Record<BookCategory, keyof TotalsSums>;
