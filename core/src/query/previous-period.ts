// The period that another is compared with: the one before it, of the same kind. Owns what "before" means of months, days and spans.
// Pure; time is local.
import { localDay, localMonth, type TimeRange } from './time-range.js';

const US_PER_MS = 1000;
const DAY_US = 86_400_000_000;
/** A shorter stretch from the first of a month on is some days, not a month so far. */
const LEAST_MONTH_US = 7 * DAY_US;

/**
 * Of a month, or a month so far, the same part of the month before; of days as many days before, at the same times of the clock;
 * of anything else as much time before. It ends where `range` begins, or before.
 */
export function previousPeriod(range: TimeRange): TimeRange {
  const { fromUs, toUs } = range;
  const month = localMonth(fromUs);
  if (fromUs === month.fromUs && toUs <= month.toUs && toUs - fromUs > LEAST_MONTH_US) return monthBefore(range, month);
  if (localDay(fromUs).fromUs !== fromUs) return { fromUs: fromUs - (toUs - fromUs), toUs: fromUs };
  let days = Math.max(1, Math.round((toUs - fromUs) / DAY_US));
  // A part of a day more needs a day more, or the two would overlap.
  while (daysBefore(toUs, days) > fromUs) days += 1;
  return { fromUs: daysBefore(fromUs, days), toUs: daysBefore(toUs, days) };
}

/** All of it where the month is whole, else until the same day and time; the month before may be shorter. */
function monthBefore({ fromUs, toUs }: TimeRange, month: TimeRange): TimeRange {
  const before = localMonth(fromUs - 1);
  if (toUs === month.toUs) return before;
  const end = new Date(toUs / US_PER_MS);
  const until = new Date(before.fromUs / US_PER_MS);
  until.setDate(end.getDate());
  until.setHours(end.getHours(), end.getMinutes(), end.getSeconds(), end.getMilliseconds());
  return { fromUs: before.fromUs, toUs: Math.min(before.toUs, until.getTime() * US_PER_MS) };
}

/** The same time of the clock that many days before. */
function daysBefore(us: number, days: number): number {
  const at = new Date(us / US_PER_MS);
  at.setDate(at.getDate() - days);
  return at.getTime() * US_PER_MS;
}
