// Days of the calendar as people write them. Owns the text of a date that has no time and no zone.
import { weekdayOf } from './calendar.js';
import { MONTHS, WEEKDAYS } from './time-text.js';

/** 2026-11-22 -> `Sun 22 Nov`; with the year `Sun 22 Nov 2026`. */
export function dateText(date: string, hasYear = false): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return `${WEEKDAYS[weekdayOf(date)]} ${day} ${MONTHS[month - 1]}${hasYear ? ` ${year}` : ''}`;
}

/** 1999 -> `1,999`; 12.34 -> `12.3`; 1234567 -> `1.23 million`. */
export function roundText(amount: number): string {
  if (amount >= 1e6) return `${(amount / 1e6).toPrecision(3)} million`;
  return amount >= 100 ? Math.round(amount).toLocaleString('en') : String(Number(amount.toPrecision(2)));
}
