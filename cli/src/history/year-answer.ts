// A year in review: its days and months, when and with whom most of it moved, and against the year before. Owns the fields of the
// document; every number is one of the other answers.
import { billingMonth } from '@kaipo/core/query/billing-period.js';
import {
  type HistoryRow,
  type HistoryTotals,
  queryBy,
  queryHoursOfWeek,
  queryNamesOf,
  queryPeriods,
  queryTotals,
  queryUnknown,
  queryZones,
} from '@kaipo/core/query/history.js';
import { localText, type TimeRange } from '@kaipo/core/query/time-range.js';
import { stepsOf } from '@kaipo/core/query/time-steps.js';
import type { SeriesKind } from '@kaipo/core/store/series-kind.js';
import { documentHead, totalFields } from './answer-head.js';
import { heatMapFields } from './heat-map-answer.js';
import type { HistoryContext } from './history-context.js';
import { isRecorded, periodNotes } from './period-notes.js';
import { sumFields } from './rows-answer.js';
import { costFields, stepCosts } from './usage-cost.js';
import { stepFields, usageFields } from './usage-fields.js';
import { yearComparisons } from './year-comparisons.js';

const TOP = 5;

/** @param year of the local calendar */
export function yearAnswer(asked: HistoryContext, year: number): object {
  const context = { ...asked, range: yearOf(year) };
  const { store, range, filter } = context;
  const totals = queryTotals(store, range, filter);
  const days = daysOf(context);
  return {
    ...documentHead('year', context, totals),
    year,
    ...totalFields(context, totals),
    months: monthsOf(context),
    days: days.map(({ date, totals: sums }) => dayFields(date, sums)),
    ...daysInWords(days),
    heatMap: heatMapFields(queryHoursOfWeek(store, range, filter)),
    top: { apps: topApps(context), hosts: topHosts(context), protocols: topOf(context, 'protocol') },
    zones: queryZones(store, range, filter).zones.map(({ zone, ...sums }) => ({ zone, ...sumFields(sums) })),
    ...againstYearBefore(context, year, totals),
    comparisons: yearComparisons(totals.txBytes + totals.rxBytes),
    notes: periodNotes(context, totals),
  };
}

const yearOf = (year: number): TimeRange => ({
  fromUs: billingMonth(1, year, 0).fromUs,
  toUs: billingMonth(1, year + 1, 0).fromUs,
});

interface Day {
  readonly date: string;
  readonly totals: HistoryTotals;
}

function daysOf({ store, range, filter }: HistoryContext): Day[] {
  const days = [...stepsOf(range, 'day')];
  const sums = queryPeriods(store, days, filter);
  return days.map(({ fromUs }, index) => ({ date: localText(fromUs).slice(0, 10), totals: sums[index]! }));
}

/** A day that nobody recorded has no sums. */
function dayFields(date: string, totals: HistoryTotals): object {
  const recorded = isRecorded(totals);
  return {
    date,
    recorded,
    recordedSeconds: totals.coveredUs / 1e6,
    ...(recorded && bytesOf(totals)),
  };
}

const bytesOf = ({ txBytes, rxBytes }: Pick<HistoryTotals, 'txBytes' | 'rxBytes'>) => ({
  txBytes,
  rxBytes,
  totalBytes: txBytes + rxBytes,
});

function monthsOf({ store, range, filter, config }: HistoryContext): object[] {
  const months = [...stepsOf(range, 'month')];
  const sums = queryPeriods(store, months, filter);
  const costs = stepCosts(config, sums);
  return months.map((month, index) => {
    const row = stepFields(month, sums[index]!);
    return { month: localText(month.fromUs).slice(0, 7), ...row, ...(row.recorded && costs[index]) };
  });
}

function daysInWords(days: readonly Day[]): object {
  const seen = days.filter(({ totals }) => isRecorded(totals));
  const moved = (day: Day): number => day.totals.txBytes + day.totals.rxBytes;
  const busiest = seen.reduce<Day | undefined>(
    (most, day) => (most === undefined || moved(day) > moved(most) ? day : most),
    undefined,
  );
  const bytes = seen.reduce((sum, day) => sum + moved(day), 0);
  return {
    recordedDays: seen.length,
    longestStreakDays: longestStreak(days),
    ...(seen.length > 0 && { averagePerRecordedDay: Math.round(bytes / seen.length) }),
    ...(busiest !== undefined && moved(busiest) > 0 && { busiestDay: dayFields(busiest.date, busiest.totals) }),
  };
}

/** Days in a row on which something was recorded. */
function longestStreak(days: readonly Day[]): number {
  let longest = 0;
  let streak = 0;
  for (const { totals } of days) {
    streak = isRecorded(totals) ? streak + 1 : 0;
    longest = Math.max(longest, streak);
  }
  return longest;
}

interface Top {
  readonly rows: readonly object[];
  /** Names there were. */
  readonly count: number;
  readonly other?: object;
  readonly total: object;
}

type Identity = (rows: readonly HistoryRow[]) => (row: HistoryRow) => object;

function topOf({ store, range, filter }: HistoryContext, kind: SeriesKind, identity: Identity = namedAs(kind)): Top {
  const { rows, other, otherCount, total } = queryBy(store, kind, range, { limit: TOP, filter });
  const named = identity(rows);
  return {
    rows: rows.map((row) => ({ ...named(row), ...sumFields(row) })),
    count: rows.length + otherCount,
    ...(other !== undefined && { other: { count: otherCount, ...sumFields(other) } }),
    total: sumFields(total),
  };
}

const namedAs =
  (kind: SeriesKind): Identity =>
  () =>
  ({ name }) => ({ [kind]: name });

function topApps(context: HistoryContext): object {
  const { store, range, filter } = context;
  return { ...topOf(context, 'app'), unknown: sumFields(queryUnknown(store, range, filter)) };
}

function topHosts(context: HistoryContext): object {
  return topOf(context, 'host', (rows) => {
    const names = queryNamesOf(
      context.store,
      context.range,
      rows.map(({ name }) => name),
    );
    return ({ name: ip }) => ({ host: ip, ...(names.has(ip) && { name: names.get(ip) }) });
  });
}

/** Only where something was recorded then. */
function againstYearBefore({ store, filter, config }: HistoryContext, year: number, totals: HistoryTotals): object {
  const before = queryTotals(store, yearOf(year - 1), filter);
  if (!isRecorded(before)) return {};
  const [now, then] = [totals, before].map(({ txBytes, rxBytes }) => txBytes + rxBytes) as [number, number];
  return {
    previous: {
      year: year - 1,
      ...usageFields(before),
      ...costFields(config, before),
      recordedSeconds: before.coveredUs / 1e6,
      ...(then > 0 && { change: Number(((now - then) / then).toFixed(4)) }),
    },
  };
}
