// The period of a view: a word people choose, or a stretch between two days. Owns the choices, their names, and what the API is asked.
// Must not know where they are kept. Everything is in the time of this machine's calendar, as on the command line.

import { stopOf, WINDOWS } from './windows.js';

export interface PeriodChoice {
  /** As in the address of a view; the API knows the same words. */
  readonly id: string;
  readonly label: string;
}

export const PERIODS: readonly PeriodChoice[] = [
  { id: 'today', label: 'Today' },
  { id: 'yesterday', label: 'Yesterday' },
  { id: '7d', label: '7 days' },
  { id: '30d', label: '30 days' },
  { id: 'month', label: 'This month' },
  { id: 'year', label: 'This year' },
];

export interface Period {
  readonly id: string;
  readonly label: string;
  /** What the API is asked: `period`, or `from` and `to`. */
  readonly ask: Readonly<Record<string, string>>;
}

const WORDS: Readonly<Record<string, string>> = { month: 'this month', year: 'this year' };
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;
const MONTH_NAMES = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** What an address says: `from` and `to` before `period`; what nobody understands is the first choice. */
export function periodOf(values: {
  readonly period?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}): Period {
  const { period, from, to } = values;
  if (from !== undefined || to !== undefined) {
    const ask = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    return { id: 'own', label: `${momentLabel(from) ?? 'the beginning'} – ${momentLabel(to) ?? 'now'}`, ask };
  }
  const month = MONTH.exec(period ?? '');
  if (month !== null) {
    return { id: period!, label: `${MONTH_NAMES[Number(month[2]) - 1]} ${month[1]}`, ask: { period: period! } };
  }
  if (/^\d{4}$/.test(period ?? '')) return { id: period!, label: period!, ask: { period: period! } };
  const window = PERIODS.some(({ id }) => id === period) ? undefined : stopOf(WINDOWS, period);
  if (window !== undefined) return { id: window.id, label: window.label, ask: { period: window.id } };
  const choice = PERIODS.find(({ id }) => id === period) ?? PERIODS[0]!;
  return { ...choice, ask: { period: WORDS[choice.id] ?? choice.id } };
}

/** Seconds since the epoch read as people write them; other texts are as they were typed. */
function momentLabel(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{9,11}(\.\d+)?$/.test(text)) return text;
  return dayTimeText(Number(text));
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-22 14:05`; midnight is the day alone. */
export function dayTimeText(ts: number): string {
  const date = new Date(ts * 1000);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return date.getHours() + date.getMinutes() === 0 ? day : `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
