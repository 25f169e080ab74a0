// Everything a store knows as one record of sums, and the same from the intervals themselves: what the two must agree on.
import type { IntervalRecord, NamedSums, SeriesSums } from '@kaipo/core/api/interval-record.js';
import { SERIES_KINDS } from '@kaipo/core/store/series-kind.js';
import type { StoreView } from '@kaipo/core/store/store.js';
import type { ResolutionS } from '@kaipo/core/store/store-limits.js';

/** By `what/of what`: totals, each kind, each kind in each scope, each category of the books. Absent is 0. */
export type AllSums = Map<string, number>;

function add(sums: AllSums, key: string, value: number): void {
  const sum = (sums.get(key) ?? 0) + value;
  if (sum === 0) sums.delete(key);
  else sums.set(key, sum);
}

function addSeries(sums: AllSums, key: string, row: SeriesSums & { readonly flows?: number }): void {
  add(sums, `${key} tx`, row.txBytes);
  add(sums, `${key} rx`, row.rxBytes);
  add(sums, `${key} tx packets`, row.txPackets);
  add(sums, `${key} rx packets`, row.rxPackets);
  add(sums, `${key} flows`, row.flows ?? 0);
}

export function sumsOfStretch(
  view: StoreView,
  resolutionS: ResolutionS,
  fromUs: number,
  toUs: number,
  sums: AllSums = new Map(),
): AllSums {
  view.readTotals(resolutionS, fromUs, toUs, (_, bucket) => {
    addSeries(sums, 'totals', bucket);
    add(sums, 'intervals', bucket.intervals);
    add(sums, 'covered', bucket.coveredUs);
    add(sums, 'caught up', bucket.caughtUpBytes);
    add(sums, 'in flight', bucket.inFlightBytes);
    return true;
  });
  for (const kind of SERIES_KINDS) {
    view.readSeries(kind, resolutionS, fromUs, toUs, (_, series) => {
      for (let row = 0; row < series.length; row++) {
        const values = {
          txBytes: series.txBytes[row]!,
          rxBytes: series.rxBytes[row]!,
          txPackets: series.txPackets[row]!,
          rxPackets: series.rxPackets[row]!,
          flows: series.flows[row]!,
        };
        addSeries(sums, kind, values);
        const scope = view.scopeOf(series.scopeAt(row));
        addSeries(sums, `${kind} in ${scope.interface ?? '-'}/${scope.zone ?? '-'}`, values);
        addSeries(sums, `${kind} ${view.nameOf(kind, series.idAt(row)).name}`, values);
      }
      return true;
    });
  }
  view.readBooks(resolutionS, fromUs, toUs, (_, rows) => {
    for (const { interface: name, category, reason, bytes } of rows) {
      add(sums, `books ${name} ${category} ${reason}`, bytes);
    }
    return true;
  });
  return sums;
}

/** Of a period, from the buckets that cover it. */
export function sumsOfPeriod(view: StoreView, fromUs: number, toUs: number): AllSums {
  const sums: AllSums = new Map();
  for (const { resolutionS, fromS, toS } of view.segments(fromUs, toUs)) {
    sumsOfStretch(view, resolutionS, fromS * 1e6, toS * 1e6, sums);
  }
  return sums;
}

export function addInterval(sums: AllSums, interval: IntervalRecord): void {
  const counted = interval.interfaces.length > 0 ? interval.interfaces : interval.protocols;
  for (const row of counted) addSeries(sums, 'totals', { ...row, flows: 0 });
  const lengthUs = interval.endUs - interval.startUs;
  if (interval.isCaughtUp === true) {
    for (const row of counted) add(sums, 'caught up', row.txBytes + row.rxBytes);
  } else {
    add(sums, 'intervals', 1);
    add(sums, 'covered', lengthUs);
  }
  const kinds = [
    ['interface', interval.interfaces],
    ['app', interval.apps],
    ['protocol', interval.protocols],
    ['host', interval.hosts],
    ['unknown', interval.unknown],
  ] as const;
  for (const [kind, rows] of kinds) {
    for (const row of rows as readonly (Partial<NamedSums> & SeriesSums)[]) {
      addSeries(sums, kind, row);
      addSeries(sums, `${kind} in ${(kind !== 'interface' && row.interface) || '-'}/${row.zone ?? '-'}`, row);
      addSeries(sums, `${kind} ${row.name}`, row);
    }
  }
  for (const { interface: name, category, reason, bytes } of interval.books) {
    add(sums, `books ${name} ${category} ${reason}`, bytes);
    if (category === 'in-flight') add(sums, 'in flight', bytes);
  }
}
