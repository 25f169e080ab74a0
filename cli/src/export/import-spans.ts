// How long the rows of another tracker are, where the file says only one time of each. Owns the usual distance between rows, and
// whether a time is the begin or the end of its row; must not know columns or files. Bound: the rows it is given.
import { formatSpan } from '../report/report-notes.js';

/** A row with one time; an empty one is here for its time. */
export interface TimedRow {
  readonly atUs: number;
  readonly txBytes: number;
  readonly rxBytes: number;
}

export interface Spanned<Row> {
  readonly row: Row;
  readonly startUs: number;
  readonly endUs: number;
}

export interface SpannedRows<Row> {
  readonly rows: readonly Spanned<Row>[];
  /** What was assumed, for people; absent for no rows. */
  readonly assumed?: string;
}

const US_PER_S = 1_000_000;
const DAY_S = 86_400;
/** What a row is of, when there is nothing to compare it with. */
const ALONE_US = US_PER_S;
/** Trackers that write what they counted do so more often than this; longer rows at round times are sums by hour or day. */
const SUMS_FROM_US = 300 * US_PER_S;
/** A row that comes later than usual still goes back to the one before it, as far as this many times the usual. */
const LATE = 1.5;
/** Rows further apart than this are single ones, not a usage by hour, day or month. */
const MOST_SUM_US = 32 * 86_400 * US_PER_S;
const MOST_COUNT_US = 2 * 3600 * US_PER_S;
/** Days of 25 hours and months of 31 days after those of 30 still touch. */
const UNEVEN = 1.15;

/** The median distance of times that differ, of an even number the smaller; undefined for fewer than two. `times` in order. */
export function usualDistanceUs(times: readonly number[]): number | undefined {
  const gaps: number[] = [];
  for (let at = 1; at < times.length; at++) {
    const gap = times[at]! - times[at - 1]!;
    if (gap > 0) gaps.push(gap);
  }
  gaps.sort((left, right) => left - right);
  return gaps[(gaps.length - 1) >> 1];
}

/**
 * Rows of one interface of one device. The tables usage_logs and network_usage hold what was counted until their time; sums by
 * hour, day or month stand at the round time they begin with. No row reaches into another of a different time, or past `nowUs`.
 * @param fallbackUs the usual distance where these rows have none
 */
export function spanRows<Row extends TimedRow>(rows: Row[], nowUs: number, fallbackUs?: number): SpannedRows<Row> {
  rows.sort((left, right) => left.atUs - right.atUs);
  const times = [...new Set(rows.map(({ atUs }) => atUs))];
  const foundUs = usualDistanceUs(times) ?? fallbackUs ?? ALONE_US;
  if (rows.length === 0) return { rows: [] };
  const isSum = foundUs >= SUMS_FROM_US && foundUs <= MOST_SUM_US && times.every((us) => isRound(us, foundUs));
  const usualUs = isSum || foundUs <= MOST_COUNT_US ? foundUs : ALONE_US;
  const place = new Map(times.map((us, index) => [us, index]));
  const spanned = rows.map((row): Spanned<Row> => {
    const index = place.get(row.atUs)!;
    if (isSum) return { row, startUs: row.atUs, endUs: endOf(row.atUs, times[index + 1], usualUs, nowUs) };
    return { row, startUs: startOf(row.atUs, times[index - 1], usualUs), endUs: row.atUs };
  });
  return { rows: spanned, assumed: `each time is the ${isSum ? 'begin' : 'end'} of ${formatSpan(usualUs)}` };
}

function startOf(atUs: number, beforeUs: number | undefined, usualUs: number): number {
  const isNext = beforeUs !== undefined && atUs - beforeUs <= Math.max(usualUs * LATE, SUMS_FROM_US);
  return isNext ? beforeUs : atUs - usualUs;
}

function endOf(atUs: number, nextUs: number | undefined, usualUs: number, nowUs: number): number {
  const isNext = nextUs !== undefined && nextUs - atUs <= usualUs * UNEVEN;
  const endUs = isNext ? nextUs : atUs + usualUs;
  return endUs > nowUs && atUs < nowUs ? nowUs : endUs;
}

/** A whole hour of an hourly row, midnight of a daily or longer one: in local time. */
function isRound(us: number, usualUs: number): boolean {
  const at = new Date(us / 1000);
  const sinceMidnightS = at.getHours() * 3600 + at.getMinutes() * 60 + at.getSeconds();
  const stepS = usualUs / US_PER_S >= DAY_S / UNEVEN ? DAY_S : Math.round(usualUs / US_PER_S);
  return us % US_PER_S === 0 && sinceMidnightS % stepS === 0;
}
