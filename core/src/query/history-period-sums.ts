// Sums by period, column by column: of the totals, or of the series that count. Must not know lmdb.
// Bound: columns times periods.
import type { BucketRows } from '../store/bucket-rows.js';
import { scopeOfTag } from '../store/series-block.js';
import type { StoreView } from '../store/store.js';
import type { BlockKind } from '../store/store-keys.js';
import { LONGEST_INTERVAL_COLUMN } from '../store/totals-block.js';
import type { SeriesTest } from './history-id-sums.js';
import { PeriodCursor, type Span } from './history-spans.js';
import type { TimeRange } from './time-range.js';

const US_PER_S = 1_000_000;

/** Told of each bucket with totals, if its longest interval is among the columns. */
export type BucketVisitor = (period: number, resolutionS: number, startUs: number, longestIntervalUs: number) => void;

/** The first `columns` of the totals (TOTALS_FIELDS), each by period: sums, of the longest interval the maximum. */
export function sumsByPeriod(
  view: StoreView,
  spans: readonly Span[],
  periods: readonly TimeRange[],
  columns: number,
  eachBucket?: BucketVisitor,
): readonly Float64Array[] {
  return readByPeriod(view, 'totals', spans, periods, columns, (rows, periodOf, column, into, resolutionS) => {
    if (column === LONGEST_INTERVAL_COLUMN) keepLargest(rows, periodOf, column, into);
    else addColumn(rows, periodOf, column, into, undefined);
    if (column === LONGEST_INTERVAL_COLUMN && eachBucket !== undefined)
      visitBuckets(rows, periodOf, resolutionS, eachBucket);
  });
}

/** The same of the series of one kind that count. */
export function seriesByPeriod(
  view: StoreView,
  { kind, counts }: { readonly kind: BlockKind; readonly counts: SeriesTest | undefined },
  spans: readonly Span[],
  periods: readonly TimeRange[],
  columns: number,
): readonly Float64Array[] {
  return readByPeriod(view, kind, spans, periods, columns, (rows, periodOf, column, into) =>
    addColumn(rows, periodOf, column, into, counts),
  );
}

function readByPeriod(
  view: StoreView,
  kind: BlockKind,
  spans: readonly Span[],
  periods: readonly TimeRange[],
  columns: number,
  add: (rows: BucketRows, periodOf: Int32Array, column: number, into: Float64Array, resolutionS: number) => void,
): readonly Float64Array[] {
  const sums = Array.from({ length: columns }, () => new Float64Array(periods.length));
  const cursor = new PeriodCursor(view, periods);
  for (const { resolutionS, fromUs, toUs } of spans) {
    view.readRows(kind, resolutionS, fromUs, toUs, columns, (rows) => {
      const periodOf = cursor.indexesOf(rows);
      for (let column = 0; column < columns; column++) add(rows, periodOf, column, sums[column]!, resolutionS);
      return true;
    });
  }
  return sums;
}

function addColumn(
  rows: BucketRows,
  periodOf: Int32Array,
  column: number,
  into: Float64Array,
  counts: SeriesTest | undefined,
): void {
  const { length, ids, tags, from, to, bucketOf } = rows;
  const values = rows.column(column);
  for (let series = 0; series < length; series++) {
    if (counts !== undefined && !counts(ids[series]!, scopeOfTag(tags[series]!))) continue;
    const end = to[series]!;
    for (let place = from[series]!; place < end; place++) into[periodOf[bucketOf[place]!]!]! += values[place]!;
  }
}

function keepLargest(rows: BucketRows, periodOf: Int32Array, column: number, into: Float64Array): void {
  const { length, from, to, bucketOf } = rows;
  const values = rows.column(column);
  for (let series = 0; series < length; series++) {
    for (let place = from[series]!; place < to[series]!; place++) {
      const period = periodOf[bucketOf[place]!]!;
      if (values[place]! > into[period]!) into[period] = values[place]!;
    }
  }
}

function visitBuckets(rows: BucketRows, periodOf: Int32Array, resolutionS: number, each: BucketVisitor): void {
  const { length, from, to, bucketOf, startsS } = rows;
  const longestUs = rows.column(LONGEST_INTERVAL_COLUMN);
  for (let series = 0; series < length; series++) {
    for (let place = from[series]!; place < to[series]!; place++) {
      const bucket = bucketOf[place]!;
      each(periodOf[bucket]!, resolutionS, startsS[bucket]! * US_PER_S, longestUs[place]!);
    }
  }
}
