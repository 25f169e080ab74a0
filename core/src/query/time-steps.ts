// A period cut into steps that people can name: minutes and hours of a day, days, weeks, months, years of the local calendar.
// Owns the cuts; must not know what is asked of them. Bound: steps are made one at a time.
import { add } from 'date-fns/add';
import { startOfDay } from 'date-fns/startOfDay';
import { startOfMonth } from 'date-fns/startOfMonth';
import { startOfWeek } from 'date-fns/startOfWeek';
import { startOfYear } from 'date-fns/startOfYear';
import { KaipoError } from '../kernel/errors.js';
import type { TimeRange } from './time-range.js';
import { firstDayOfWeek } from './time-words.js';

export type CalendarUnit = 'day' | 'week' | 'month' | 'year';
/** A unit of the calendar, or a length in microseconds that is shorter than a day and counted from midnight. */
export type Step = CalendarUnit | number;

const US_PER_MS = 1000;
const MINUTE_US = 60_000_000;
const HOUR_US = 60 * MINUTE_US;
const DAY_US = 24 * HOUR_US;
const SHORT = /^(\d{1,4}) ?(s|m|min|h)$/;
const UNIT_US: Readonly<Record<string, number>> = { s: 1_000_000, m: MINUTE_US, min: MINUTE_US, h: HOUR_US };
const WORDS: Readonly<Record<string, Step>> = {
  ...{ minute: MINUTE_US, hour: HOUR_US, day: 'day', week: 'week', month: 'month', year: 'year' },
  ...{ '1d': 'day', '24h': 'day', '1w': 'week', '7d': 'week' },
};

/** "15m", "1h", "hour", "day", "week", "month", "year". Raises KAIPO_USAGE. */
export function parseStep(text: string): Step {
  const word = text.trim().toLowerCase();
  const named = WORDS[word];
  if (named !== undefined) return named;
  const [, count, unit] = SHORT.exec(word) ?? [];
  const us = Number(count) * (UNIT_US[unit ?? ''] ?? Number.NaN);
  if (us > 0 && us < DAY_US) return us;
  throw new KaipoError(
    'KAIPO_USAGE',
    `"${text}" is not a step`,
    'write 1s, 10s, 1m, 15m, 1h, day, week, month or year',
  );
}

/** The step that gives people some dozen rows. */
export function fittingStep({ fromUs, toUs }: TimeRange): Step {
  const spanUs = toUs - fromUs;
  if (spanUs <= HOUR_US) return 5 * MINUTE_US;
  if (spanUs <= 6 * HOUR_US) return 15 * MINUTE_US;
  if (spanUs <= 2 * DAY_US) return HOUR_US;
  if (spanUs <= 62 * DAY_US) return 'day';
  return spanUs <= 5 * 366 * DAY_US ? 'month' : 'year';
}

/** Steps in order of time, touching each other; the first and the last end where the period does. Days of 23 and 25 hours are whole. */
export function* stepsOf({ fromUs, toUs }: TimeRange, step: Step): Generator<TimeRange> {
  const unit = typeof step === 'number' ? 'day' : step;
  let start = startOf(unit, new Date(fromUs / US_PER_MS));
  while (start.getTime() * US_PER_MS < toUs) {
    // Adding days by the clock on the wall: midnight stays midnight.
    const end = startOf(unit, add(start, { [`${unit}s`]: 1 }));
    const whole = { fromUs: start.getTime() * US_PER_MS, toUs: end.getTime() * US_PER_MS };
    yield* clipped(typeof step === 'number' ? partsOf(whole, step) : [whole], fromUs, toUs);
    start = end;
  }
}

function* partsOf({ fromUs, toUs }: TimeRange, stepUs: number): Generator<TimeRange> {
  for (let us = fromUs; us < toUs; us += stepUs) yield { fromUs: us, toUs: Math.min(us + stepUs, toUs) };
}

function* clipped(steps: Iterable<TimeRange>, fromUs: number, toUs: number): Generator<TimeRange> {
  for (const step of steps) {
    const part = { fromUs: Math.max(step.fromUs, fromUs), toUs: Math.min(step.toUs, toUs) };
    if (part.fromUs < part.toUs) yield part;
  }
}

function startOf(unit: CalendarUnit, date: Date): Date {
  if (unit === 'week') return startOfWeek(date, { weekStartsOn: firstDayOfWeek() });
  return { day: startOfDay, month: startOfMonth, year: startOfYear }[unit](date);
}
