// The questions of the year benchmark, asked of a kaipo store. Owns their names and what each must take.
import { queryBooks, queryBy, queryPeriods, querySeries, queryStack, queryTotals } from '@kaipo/core/query/history.js';
import { localMonth, type TimeRange } from '@kaipo/core/query/time-range.js';
import type { Store } from '@kaipo/core/store/store.js';

const HOUR_US = 3_600_000_000;

/** The last month, and all of the data. */
export interface Periods {
  readonly month: TimeRange;
  readonly year: TimeRange;
}

export function periodsOf(startUs: number, endUs: number): Periods {
  const month = localMonth(endUs - 1);
  return { month, year: { fromUs: startUs, toUs: endUs } };
}

export interface Question {
  readonly name: string;
  /** Absent: shown, without a promise. */
  readonly targetMs?: number;
  /** Answers what can be compared: bytes that were found. */
  ask(store: Store, periods: Periods): number;
}

const bytesOf = (parts: readonly { readonly txBytes: number; readonly rxBytes: number }[]): number =>
  parts.reduce((sum, { txBytes, rxBytes }) => sum + txBytes + rxBytes, 0);

const days = ({ fromUs, toUs }: TimeRange): number => Math.ceil((toUs - fromUs) / (24 * HOUR_US));

function stacked(store: Store, kind: 'app' | 'host', { year }: Periods, name?: string): number {
  const question = { grain: days(year), top: name === undefined ? 10 : 1, ...(name === undefined ? {} : { name }) };
  const { layers, other } = queryStack(store, kind, year, question);
  return [...layers, other].reduce((sum, { txTotal, rxTotal }) => sum + txTotal + rxTotal, 0);
}

export const QUESTIONS: readonly Question[] = [
  {
    name: 'month by application',
    targetMs: 20,
    ask: (store, { month }) => bytesOf([queryBy(store, 'app', month, { limit: 20 }).total]),
  },
  {
    name: 'year: totals by day',
    targetMs: 50,
    ask: (store, { year }) => bytesOf(querySeries(store, year, days(year)).points),
  },
  {
    name: 'year: totals by hour',
    targetMs: 50,
    ask: (store, { year }) => bytesOf(querySeries(store, year, days(year) * 24).points),
  },
  { name: 'year: top 10 applications by day', targetMs: 50, ask: (store, periods) => stacked(store, 'app', periods) },
  { name: 'year: top 10 hosts by day', targetMs: 50, ask: (store, periods) => stacked(store, 'host', periods) },
  {
    name: 'year: one application by day',
    targetMs: 50,
    ask: (store, periods) => stacked(store, 'app', periods, 'application-19.'),
  },
  {
    name: 'year by month, one interface',
    targetMs: 50,
    ask: (store, { year }) => bytesOf(queryPeriods(store, monthsOf(year), { interface: 'eth0' })),
  },
  {
    name: 'year: books',
    ask: (store, { year }) => queryBooks(store, year).total.kernelBytes,
  },
  { name: 'year: total', ask: (store, { year }) => bytesOf([queryTotals(store, year)]) },
];

function monthsOf({ fromUs, toUs }: TimeRange): TimeRange[] {
  const months: TimeRange[] = [];
  for (let at = fromUs; at < toUs; ) {
    const end = Math.min(toUs, localMonth(at).toUs);
    months.push({ fromUs: at, toUs: end });
    at = end;
  }
  return months;
}
