// Periods as people write them. Owns the words; time is local, and comes in as an argument.
import { KaipoError } from '../kernel/errors.js';

/** [fromUs, toUs) in microseconds since the epoch. */
export interface TimeRange {
  readonly fromUs: number;
  readonly toUs: number;
}

const US_PER_S = 1_000_000;
const UNIT_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const FORMS = 'write 2026-11-01, "2026-11-01 14:00", today, yesterday, now, -2h, -30m, -7d or seconds since the epoch';

const RELATIVE = /^-(\d+(?:\.\d+)?)\s*([smhdw])$/;
const EPOCH_SECONDS = /^\d{9,11}(?:\.\d+)?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/;

/**
 * One end of a period. A day names its first moment as `from` and its last as `to`, so that `--from X --to X` is that day.
 * Raises KAIPO_USAGE.
 */
export function parseTime(text: string, end: 'from' | 'to', nowUs: number): number {
  const word = text.trim().toLowerCase();
  if (word === 'now') return nowUs;
  const day = namedDay(word, nowUs) ?? writtenDay(word);
  if (day !== undefined) return end === 'from' ? day.fromUs : Math.min(day.toUs, Math.max(nowUs, day.fromUs));
  const relative = RELATIVE.exec(word);
  if (relative !== null) return nowUs - Math.round(Number(relative[1]) * UNIT_S[relative[2]!]! * US_PER_S);
  if (EPOCH_SECONDS.test(word)) return Math.round(Number(word) * US_PER_S);
  if (DATE_TIME.test(text.trim())) {
    const ms = Date.parse(text.trim().replace(' ', 'T'));
    if (!Number.isNaN(ms)) return ms * 1000;
  }
  throw new KaipoError('KAIPO_USAGE', `"${text}" is not a time`, FORMS);
}

/** The period of `--from` and `--to`; without them from `defaultFrom` until now. Raises KAIPO_USAGE when it is empty. */
export function parseRange(
  from: string | undefined,
  to: string | undefined,
  nowUs: number,
  defaultFrom = '-24h',
): TimeRange {
  const toUs = to === undefined ? nowUs : parseTime(to, 'to', nowUs);
  // A period that is only given an end reaches back from there, not from now.
  const fromUs = parseTime(from ?? defaultFrom, 'from', from === undefined ? toUs : nowUs);
  if (fromUs >= toUs) {
    const told = `the period is empty: it starts ${localText(fromUs)} and ends ${localText(toUs)}`;
    throw new KaipoError('KAIPO_USAGE', told, 'give --from a time before --to');
  }
  return { fromUs, toUs };
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

function namedDay(word: string, nowUs: number): TimeRange | undefined {
  if (word === 'today') return localDay(nowUs);
  if (word === 'yesterday') return localDay(nowUs, -1);
  return undefined;
}

function writtenDay(word: string): TimeRange | undefined {
  const parts = DATE.exec(word);
  if (parts === null) return undefined;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const start = new Date(year, month - 1, day);
  // Date turns 2026-02-31 into March: that is a mistake, not a date.
  if (start.getMonth() !== month - 1 || start.getDate() !== day) return undefined;
  return localDay(start.getTime() * 1000);
}
