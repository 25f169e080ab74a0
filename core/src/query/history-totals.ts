// How much moved in a period, and how much of it was seen. Must not know lmdb. Bound: one answer a period.
import type { BookCategory } from '../kernel/traffic-words.js';
import type { Store, StoreView } from '../store/store.js';
import { NO_TRAFFIC, type TotalsSums } from '../store/totals-block.js';
import type { CaptureLoss, Filter, HistoryTotals } from './history-answers.js';
import { interfacesOf, isFiltered } from './history-filter.js';
import { seriesReading } from './history-reading.js';
import { areNeighbours, firstUsOf, PeriodCursor, type Span, spansOf } from './history-spans.js';
import type { TimeRange } from './time-range.js';

const US_PER_S = 1_000_000;

/** Sums of a period. Neighbouring periods add up exactly. */
export function queryTotals(store: Store, range: TimeRange, filter?: Filter): HistoryTotals {
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

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };
interface PeriodSums {
  readonly sums: Mutable<TotalsSums>;
  firstUs: number | undefined;
  lastUs: number | undefined;
}

/** All but the one that is a maximum. */
const SUMMED = (Object.keys(NO_TRAFFIC) as (keyof TotalsSums)[]).filter((field) => field !== 'longestIntervalUs');
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
  const { lastEndUs = 0 } = view.info();
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
  const cursor = new PeriodCursor(view, ranges);
  for (const { resolutionS, fromUs, toUs } of spans) {
    view.readTotals(resolutionS, fromUs, toUs, (startUs, bucket) => {
      const period = periods[cursor.indexAt(startUs)]!;
      const { sums } = period;
      for (const field of SUMMED) sums[field] += bucket[field];
      sums.longestIntervalUs = Math.max(sums.longestIntervalUs, bucket.longestIntervalUs);
      period.firstUs ??= Math.max(startUs, firstUsOf(view));
      const endUs = startUs + Math.max(resolutionS * US_PER_S, bucket.longestIntervalUs);
      period.lastUs = Math.max(period.lastUs ?? 0, endUs);
      return true;
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
  const { kind, counts } = seriesReading(view, 'interface', filter);
  const cursor = new PeriodCursor(view, ranges);
  for (const { resolutionS, fromUs, toUs } of spans) {
    view.readSeries(kind, resolutionS, fromUs, toUs, (startUs, series) => {
      const { sums } = periods[cursor.indexAt(startUs)]!;
      const { txBytes, rxBytes, txPackets, rxPackets } = series;
      for (let row = 0; row < series.length; row++) {
        if (counts?.(series, row) === false) continue;
        sums.txBytes += txBytes[row]!;
        sums.rxBytes += rxBytes[row]!;
        sums.txPackets += txPackets[row]!;
        sums.rxPackets += rxPackets[row]!;
      }
      return true;
    });
  }
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
    view.readBooks(resolutionS, fromUs, toUs, (startUs, rows) => {
      const { sums } = periods[cursor.indexAt(startUs)]!;
      for (const { interface: name, category, reason, bytes } of rows) {
        if (names?.has(name) === false) continue;
        sums[BOOK_FIELDS[category]] += bytes;
        // Only bytes that were caught up are dated to when no recorder ran.
        if (category === 'not-captured' && reason === 'recorder-down') sums.caughtUpBytes += bytes;
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
