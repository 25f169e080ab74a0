// When a person may be told, and how often. Owns the settings of the desk and the local clock times they mean; times come in as arguments.
import type { Severity } from '../api/events.js';

export interface DeskSettings {
  /** Minutes of the local day; the end before the begin goes over midnight. Absent: none. */
  readonly quietHours?: { readonly fromMin: number; readonly toMin: number };
  /** Critical ones are told in quiet hours, too. */
  readonly criticalAlways: boolean;
  /** The gravest so many of a local day are told at once; the rest is in the digest. */
  readonly dailyBudget: number;
  /** Local minute of the day at which what was held back is told, as one delivery. */
  readonly digestAtMin: number;
  /** What is less grave is never told at once. */
  readonly atOnceFrom: Severity;
}

export const DEFAULT_DESK_SETTINGS: DeskSettings = {
  criticalAlways: true,
  dailyBudget: 10,
  digestAtMin: 8 * 60,
  atOnceFrom: 'warning',
};

export const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];
export const rankOf = (severity: Severity): number => SEVERITIES.indexOf(severity);

const US_PER_MS = 1000;

export function isQuiet({ quietHours }: DeskSettings, nowUs: number): boolean {
  if (quietHours === undefined) return false;
  const at = new Date(nowUs / US_PER_MS);
  const minute = at.getHours() * 60 + at.getMinutes();
  const { fromMin, toMin } = quietHours;
  return fromMin <= toMin ? minute >= fromMin && minute < toMin : minute >= fromMin || minute < toMin;
}

/** The first moment after `nowUs` at which the clock shows that minute. */
export function nextClockTime(minute: number, nowUs: number): number {
  const at = new Date(nowUs / US_PER_MS);
  for (let day = 0; ; day++) {
    const due = new Date(at.getFullYear(), at.getMonth(), at.getDate() + day, 0, minute).getTime() * US_PER_MS;
    if (due > nowUs) return due;
  }
}

/** Names the local day: the budget begins anew with each. */
export function localDayOf(nowUs: number): number {
  const at = new Date(nowUs / US_PER_MS);
  return at.getFullYear() * 10_000 + (at.getMonth() + 1) * 100 + at.getDate();
}
