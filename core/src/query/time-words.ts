// Words for time: days, weeks, months and years of the calendar, and what people say about the past. Owns which stretch of local
// time a text names; "now" is an argument. chrono-node reads what nothing simpler knows, and is loaded only then (20 ms).
import { createRequire } from 'node:module';
import { add } from 'date-fns/add';
import { parseISO } from 'date-fns/parseISO';
import { startOfDay } from 'date-fns/startOfDay';
import { startOfMonth } from 'date-fns/startOfMonth';
import { startOfWeek } from 'date-fns/startOfWeek';
import { startOfYear } from 'date-fns/startOfYear';
import type { TimeRange } from './time-range.js';

/** A period, or a moment: then both ends are the same. */
export interface NamedTime extends TimeRange {
  readonly isMoment: boolean;
}

type Unit = 'day' | 'week' | 'month' | 'year';
type WeekDay = 0 | 1 | 2 | 3 | 4 | 5 | 6;

const US_PER_S = 1_000_000;
const US_PER_MS = 1000;
const UNIT_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

const RELATIVE = /^-(\d+(?:\.\d+)?)\s*([smhdw])$/;
const EPOCH_SECONDS = /^\d{9,11}(?:\.\d+)?$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/i;
const ISO_PERIODS: readonly (readonly [RegExp, Unit])[] = [
  [/^\d{4}-\d{2}-\d{2}$/, 'day'],
  [/^\d{4}-W\d{2}$/i, 'week'],
  [/^\d{4}-\d{2}$/, 'month'],
  [/^\d{4}$/, 'year'],
];
const CALENDAR = /^(this|last|previous|next) (week|month|year)$/;
/** Said of the future, so it is not turned into the past. */
const IS_AHEAD = /^(?:next|in|coming|tomorrow)\b/;
/** "last 24 hours", "past hour", "90d", "3 days". */
const ROLLING =
  /^(?:(?:the )?(?:last|past|previous) )?(\d{1,5}) ?([a-z]+)$|^(?:the )?(?:last|past) (minute|hour|day|week|month|year)$/;
const ROLLING_UNITS: Readonly<Record<string, string>> = {
  ...{ s: 'seconds', sec: 'seconds', second: 'seconds', m: 'minutes', min: 'minutes', minute: 'minutes' },
  ...{ h: 'hours', hr: 'hours', hour: 'hours', d: 'days', day: 'days', w: 'weeks', week: 'weeks' },
  ...{ month: 'months', y: 'years', year: 'years' },
};
/** chrono takes "last 3 somethings" for the one day that long ago. */
const ROLLING_START = /^(?:the )?(?:last|past|previous) (?:\d|few|couple|several)/;
/** Words for chrono have a letter or a colon; its dates with dots and strokes are read the American way, so they are not. */
const MAYBE_WORDS = /[a-z]|^\d{1,2}:\d{2}/;
const NOT_WORDS = /^-|\d[./]\d|\b(?:morning|afternoon|evening|night|tonight|weekend)\b/;
const MAX_WORDS = 64;

/** The words a mistyped one is compared with. */
export const TIME_WORDS: readonly string[] = [
  'today',
  'yesterday',
  ...['week', 'month', 'year'].flatMap((unit) => [`this ${unit}`, `last ${unit}`]),
  ...['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
];

/** What `text` names, or undefined when it is no time. Days, weeks, months and years are whole ones, also when they are not over. */
export function namedTime(text: string, nowUs: number): NamedTime | undefined {
  const word = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  if (word === '' || word.length > MAX_WORDS) return undefined;
  const now = new Date(nowUs / US_PER_MS);
  if (word === 'now') return moment(nowUs);
  if (word === 'today') return calendar('day', now);
  if (word === 'yesterday') return calendar('day', add(now, { days: -1 }));
  return written(word, nowUs) ?? calendarWords(word, now) ?? rolling(word, now, nowUs) ?? spoken(word, now);
}

function written(word: string, nowUs: number): NamedTime | undefined {
  const relative = RELATIVE.exec(word);
  if (relative !== null) return moment(nowUs - Math.round(Number(relative[1]) * UNIT_S[relative[2]!]! * US_PER_S));
  if (EPOCH_SECONDS.test(word)) return moment(Math.round(Number(word) * US_PER_S));
  if (DATE_TIME.test(word)) return atDate(parseISO(word.toUpperCase().replace(' ', 'T')), moment);
  for (const [form, unit] of ISO_PERIODS) {
    if (form.test(word)) return atDate(parseISO(word.toUpperCase()), (us) => isoPeriod(unit, us));
  }
  return undefined;
}

/** The ISO week begins on Monday wherever it is read. */
function isoPeriod(unit: Unit, us: number): NamedTime {
  return calendar(unit, new Date(us / US_PER_MS), 1);
}

function atDate(date: Date, named: (us: number) => NamedTime): NamedTime | undefined {
  const us = date.getTime() * US_PER_MS;
  return Number.isNaN(us) ? undefined : named(us);
}

function calendarWords(word: string, now: Date): NamedTime | undefined {
  const [, which, unit] = CALENDAR.exec(word) ?? [];
  if (which === undefined) return undefined;
  const moved = { this: 0, next: 1 }[which] ?? -1;
  // From its first day: a month after the 31st is not the month after the next.
  const start = new Date(calendar(unit as Unit, now).fromUs / US_PER_MS);
  return calendar(unit as Unit, moved === 0 ? now : add(start, { [`${unit}s`]: moved }));
}

/** "last 24 hours", "past 3 months", "90d": that long, until now. */
function rolling(word: string, now: Date, nowUs: number): NamedTime | undefined {
  const [, count = '1', counted, named] = ROLLING.exec(word) ?? [];
  const said = counted ?? named ?? '';
  const unit = ROLLING_UNITS[said] ?? ROLLING_UNITS[said.replace(/s$/, '')];
  if (unit === undefined) return undefined;
  const fromUs = add(now, { [unit]: -Number(count) }).getTime() * US_PER_MS;
  return { fromUs, toUs: nowUs, isMoment: false };
}

interface Spoken {
  readonly index: number;
  readonly text: string;
  readonly end: unknown;
  readonly start: { isCertain(part: string): boolean; get(part: string): number | null; date(): Date };
}

/** "3 days ago", "monday", "november", "yesterday 14:00". What has not come yet is meant as the one before. */
function spoken(word: string, now: Date): NamedTime | undefined {
  if (!MAYBE_WORDS.test(word) || NOT_WORDS.test(word) || ROLLING_START.test(word)) return undefined;
  const { casual } = createRequire(import.meta.url)('chrono-node/en') as {
    casual: { parse(text: string, now: Date): Spoken[] };
  };
  const [found, second] = casual.parse(word, now);
  if (found === undefined || second !== undefined || found.index !== 0 || found.text.length !== word.length) {
    return undefined;
  }
  if (found.end) return undefined;
  const { start } = found;
  const knows = (part: string): boolean => start.isCertain(part);
  const date = IS_AHEAD.test(word) ? start.date() : lastSuch(start.date(), knows, now);
  if (knows('hour')) return moment(date.getTime() * US_PER_MS);
  if (knows('day') || knows('weekday')) return calendar('day', date);
  if (knows('month')) return calendar('month', date);
  return knows('year') ? calendar('year', date) : undefined;
}

/** chrono takes the nearest Monday, or this year's December; history is asked about the past. */
function lastSuch(date: Date, knows: (part: string) => boolean, now: Date): Date {
  const isLater = knows('hour') ? date > now : startOfDay(date) > now;
  if (!isLater || knows('year')) return date;
  if (knows('month')) return add(date, { years: -1 });
  if (knows('weekday')) return add(date, { days: -7 });
  return knows('day') ? date : add(date, { days: -1 });
}

function moment(us: number): NamedTime {
  return { fromUs: us, toUs: us, isMoment: true };
}

function calendar(unit: Unit, at: Date, weekStartsOn: WeekDay = firstDayOfWeek()): NamedTime {
  const startOf = (date: Date): Date => {
    if (unit === 'week') return startOfWeek(date, { weekStartsOn });
    return { day: startOfDay, month: startOfMonth, year: startOfYear }[unit](date);
  };
  const start = startOf(at);
  const end = startOf(add(start, { [`${unit}s`]: 1 }));
  return { fromUs: start.getTime() * US_PER_MS, toUs: end.getTime() * US_PER_MS, isMoment: false };
}

/** As the locale of the environment says; Monday (ISO 8601) where it says nothing. */
export function firstDayOfWeek(environment: NodeJS.ProcessEnv = process.env): WeekDay {
  const locale = [environment['LC_ALL'], environment['LC_TIME'], environment['LANG']].find((name) => name);
  const tag = /^([a-z]{2,3})[_-]([a-z]{2})\b/i.exec(locale ?? '');
  if (tag === null) return 1;
  const { weekInfo, getWeekInfo } = new Intl.Locale(`${tag[1]}-${tag[2]}`) as Intl.Locale & WeekInfoSource;
  const firstDay = (weekInfo ?? getWeekInfo?.call(new Intl.Locale(`${tag[1]}-${tag[2]}`)))?.firstDay;
  return ((firstDay ?? 1) % 7) as WeekDay;
}

/** ECMA-402 Intl.Locale info: a property in Node 20, a function in later ones; 1 is Monday, 7 is Sunday. */
interface WeekInfoSource {
  readonly weekInfo?: { readonly firstDay: number };
  readonly getWeekInfo?: () => { readonly firstDay: number };
}
