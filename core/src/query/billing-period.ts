// Periods that begin again: days, weeks, months from a billing day. Owns where one ends and the next begins: they tile time
// without gap or overlap, through short months and clock changes. Time is local, and comes in as an argument.
import type { TimeRange } from './time-range.js';

export type PeriodKind = 'day' | 'week' | 'month';

/**
 * The period that contains `atUs`, moved by `offset` periods. Weeks begin on Monday (ISO 8601). A month begins on
 * `billingDay` (1 to 31), in a shorter month on its last day.
 */
export function billingPeriod(kind: PeriodKind, billingDay: number, atUs: number, offset = 0): TimeRange {
  const at = new Date(atUs / 1000);
  if (kind === 'month') return monthPeriod(at, atUs, billingDay, offset);
  const days = kind === 'day' ? 1 : 7;
  const back = kind === 'day' ? 0 : (at.getDay() + 6) % 7;
  const startUs = (move: number): number =>
    localMidnightUs(at.getFullYear(), at.getMonth(), at.getDate() - back + move * days);
  return { fromUs: startUs(offset), toUs: startUs(offset + 1) };
}

/** The period that begins in a calendar month. @param month 0 to 11 */
export function billingMonth(billingDay: number, year: number, month: number): TimeRange {
  return { fromUs: monthStartUs(year, month, billingDay), toUs: monthStartUs(year, month + 1, billingDay) };
}

function monthPeriod(at: Date, atUs: number, billingDay: number, offset: number): TimeRange {
  const [year, month] = [at.getFullYear(), at.getMonth()];
  const begun = atUs >= monthStartUs(year, month, billingDay) ? 0 : -1;
  return billingMonth(billingDay, year, month + begun + offset);
}

function monthStartUs(year: number, month: number, billingDay: number): number {
  const lastDay = new Date(year, month + 1, 0).getDate();
  return localMidnightUs(year, month, Math.min(billingDay, lastDay));
}

/** Where the clock jumps over midnight, the first moment after it. */
const localMidnightUs = (year: number, month: number, day: number): number =>
  new Date(year, month, day).getTime() * 1000;

/** The local days that [fromUs, toUs) is made of; the first and the last may be parts of days. At most `most`, the first ones. */
export function localDays({ fromUs, toUs }: TimeRange, most: number): TimeRange[] {
  const days: TimeRange[] = [];
  let startUs = fromUs;
  while (startUs < toUs && days.length < most) {
    const endUs = Math.min(billingPeriod('day', 1, startUs).toUs, toUs);
    days.push({ fromUs: startUs, toUs: endUs });
    startUs = endUs;
  }
  return days;
}
