// Periods as the command line says them: one text, or two ends. Owns how ends make a period and the errors; the words are
// time-words.ts. Time is local, and comes in as an argument.
import { KaipoError } from '../kernel/errors.js';
import { nearestName } from '../kernel/nearest-name.js';
import { type NamedTime, namedTime, TIME_WORDS } from './time-words.js';

/** [fromUs, toUs) in microseconds since the epoch. */
export interface TimeRange {
  readonly fromUs: number;
  readonly toUs: number;
}

const FORMS =
  'write 2026-11-01, "2026-11-01 14:00", 2026-11 (a month), today, yesterday, "last week", "last month", monday, "3 days ago", "last 24 hours", 90d, -2h, -30m, -7d or seconds since the epoch';

/**
 * One end of a period. A day, a week, a month names its first moment as `from` and its last as `to`, so that
 * `--from X --to X` is that day. Raises KAIPO_USAGE.
 */
export function parseTime(text: string, end: 'from' | 'to', nowUs: number): number {
  const { fromUs, toUs } = timeNamed(text, nowUs);
  return end === 'from' ? fromUs : untilNow({ fromUs, toUs }, nowUs).toUs;
}

/**
 * A period in one text: "last week", 2026-11, "last 24 hours", "2026-11-01..2026-11-05", "monday to wednesday". A moment means
 * from then until now; a period that is not over ends now. Raises KAIPO_USAGE.
 */
export function parsePeriod(text: string, nowUs: number): TimeRange {
  const [, from, to] = /^(.+?)(?:\.\.| to | until )(.+)$/i.exec(text) ?? [];
  if (from !== undefined && to !== undefined) return parseRange(from, to, nowUs);
  const { isMoment, ...period } = timeNamed(text, nowUs);
  return notEmpty(isMoment ? { fromUs: period.fromUs, toUs: nowUs } : untilNow(period, nowUs), nowUs);
}

/** The period of `--from` and `--to`; without them from `defaultFrom` until now. Raises KAIPO_USAGE when it is empty. */
export function parseRange(
  from: string | undefined,
  to: string | undefined,
  nowUs: number,
  defaultFrom = '-24h',
): TimeRange {
  const toUs = to === undefined ? nowUs : endTime(to, from, nowUs);
  // A period that is only given an end reaches back from there, not from now.
  return notEmpty({ fromUs: parseTime(from ?? defaultFrom, 'from', from === undefined ? toUs : nowUs), toUs }, nowUs);
}

const CLOCK_TIME = /^\d{1,2}:\d{2}(?::\d{2})?$/;
const IS_AGO = /^-|\bago$/i;

/** "2026-11-01 14:00" to "16:00": a time of day alone is of the day the period begins on, not of today. */
function endTime(to: string, from: string | undefined, nowUs: number): number {
  const begin = from === undefined || IS_AGO.test(from.trim()) ? undefined : timeNamed(from, nowUs);
  if (!CLOCK_TIME.test(to.trim()) || begin?.isMoment !== true) return parseTime(to, 'to', nowUs);
  const day = localText(begin.fromUs).slice(0, 10);
  return parseTime(`${day} ${to.trim().padStart(to.trim().length === 4 ? 5 : 0, '0')}`, 'to', nowUs);
}

/** How the command line says a period; at most one of `period`, `since` and the pair of `from` and `to`. */
export interface AskedPeriod {
  readonly period?: string;
  readonly since?: string;
  readonly from?: string;
  readonly to?: string;
}

/** The period that was asked for, else `defaultPeriod`. Raises KAIPO_USAGE, also when two ways to say it contradict. */
export function periodAsked(asked: AskedPeriod, nowUs: number, defaultPeriod = '-24h'): TimeRange {
  const { period, since, from, to } = asked;
  const ways = [period, since, from ?? to].filter((way) => way !== undefined).length;
  if (ways > 1) {
    throw new KaipoError('KAIPO_USAGE', 'the period is given twice', 'give a period, or --since, or --from and --to');
  }
  if (period !== undefined) return parsePeriod(period, nowUs);
  if (since !== undefined) return parseRange(since, undefined, nowUs);
  if (from === undefined && to === undefined) return parsePeriod(defaultPeriod, nowUs);
  return parseRange(from, to, nowUs);
}

function timeNamed(text: string, nowUs: number): NamedTime {
  const named = namedTime(text, nowUs);
  if (named !== undefined) return named;
  const nearest = nearestName(text, TIME_WORDS);
  const told = `"${text}" is not a time${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`;
  throw new KaipoError('KAIPO_USAGE', told, FORMS);
}

/** What is not over ends now. */
function untilNow({ fromUs, toUs }: TimeRange, nowUs: number): TimeRange {
  return { fromUs, toUs: Math.min(toUs, Math.max(nowUs, fromUs)) };
}

function notEmpty(range: TimeRange, nowUs: number): TimeRange {
  const { fromUs, toUs } = range;
  if (fromUs < toUs) return range;
  if (fromUs > nowUs) {
    const told = `the period is in the future: it starts ${localText(fromUs)}`;
    throw new KaipoError('KAIPO_USAGE', told, 'ask for a period that has begun: today, "this week", "this month"');
  }
  if (fromUs === nowUs && toUs === nowUs) {
    throw new KaipoError('KAIPO_USAGE', 'now is a moment, not a period', 'say since when: --since -5m');
  }
  const told = `the period is empty: it starts ${localText(fromUs)} and ends ${localText(toUs)}`;
  throw new KaipoError('KAIPO_USAGE', told, 'give --from a time before --to, and not in the future');
}

/** The local day that contains `us`, moved by `days`. Days of 23 and 25 hours come out right. */
export function localDay(us: number, days = 0): TimeRange {
  const at = new Date(us / 1000);
  const startOf = (offset: number): number =>
    new Date(at.getFullYear(), at.getMonth(), at.getDate() + offset).getTime() * 1000;
  return { fromUs: startOf(days), toUs: startOf(days + 1) };
}

/** The local calendar month that contains `us`. */
export function localMonth(us: number): TimeRange {
  const at = new Date(us / 1000);
  const startOf = (offset: number): number => new Date(at.getFullYear(), at.getMonth() + offset, 1).getTime() * 1000;
  return { fromUs: startOf(0), toUs: startOf(1) };
}

/** `2026-11-01 14:00:05`, local time. */
export function localText(us: number): string {
  const at = new Date(us / 1000);
  if (Number.isNaN(at.getTime())) return 'an impossible time';
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
