// Rows of other usage trackers: which columns mean what, and which rows cannot be believed. Owns names, units and refusals; must
// not know files or stores. Bound: MAX_ROWS rows in columns, MAX_REFUSED refusals told one by one.
import type { Clock } from '@kaipo/core/kernel/clock.js';

/** Names of the tables this replaces (usage_logs, network_usage and their daily sums), of kaipo's own exports, and near ones. */
const NAMES = {
  time: ['timestamp', 'from', 'time', 'datetime', 'created_at', 'ts', 'date', 'day'],
  end: ['end', 'to'],
  sent: ['bytes_sent', 'txbytes', 'sent', 'sent_bytes', 'upload_bytes', 'total_sent', 'tx_bytes'],
  received: [
    'bytes_received',
    'rxbytes',
    'received',
    'received_bytes',
    'download_bytes',
    'total_received',
    'rx_bytes',
    'bytes_recv',
  ],
  device: ['device_id', 'device', 'hostname'],
} as const;
export type ImportField = keyof typeof NAMES;

export const MAX_ROWS = 10_000_000;
export const MAX_REFUSED = 20;
const US_PER_S = 1_000_000;
const DAY_US = 86_400 * US_PER_S;
/** Before kernels counted bytes for anybody's tracker. */
const EARLIEST_US = Date.UTC(1995, 0, 1) * 1000;
/** What a row can hold: a petabyte in one interval is a mistake. */
const MOST_BYTES = 1e15;
/** A row says when it was written; the time it is about goes back to the row before, at most this long. */
const MAX_BACK_US = 300 * US_PER_S;

/** Where each field is, or undefined when the row has no time or no bytes. */
export function importColumns(names: readonly string[]): ReadonlyMap<ImportField, number> | undefined {
  const lower = names.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/^\ufeff/, ''),
  );
  const found = new Map<ImportField, number>();
  for (const [field, candidates] of Object.entries(NAMES) as [ImportField, readonly string[]][]) {
    const name = candidates.find((candidate) => lower.includes(candidate));
    if (name !== undefined) found.set(field, lower.indexOf(name));
  }
  return found.has('time') && found.has('sent') && found.has('received') ? found : undefined;
}

export interface ImportRow {
  readonly startUs: number;
  readonly endUs: number;
  readonly txBytes: number;
  readonly rxBytes: number;
}

export interface Refusal {
  readonly line: number;
  readonly reason: string;
}

/** Takes rows as texts, one by one; what it keeps is in order of time once `rows` is asked for. */
export class ImportRows {
  readonly #clock: Clock;
  readonly #rows: ImportRow[] = [];
  /** The end of the latest row of each device. */
  readonly #lastUs = new Map<string, number>();
  /** What refusals are numbered by: lines of a CSV file, rows of a JSON list. */
  unit: 'line' | 'row' = 'line';
  readonly refused: Refusal[] = [];
  refusedCount = 0;
  /** Rows without a byte: nothing to record. */
  emptyCount = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(line: number, value: (field: ImportField) => unknown): void {
    const row = this.#read(value);
    if (typeof row === 'string') this.#refuse(line, row);
    else if (this.#rows.length >= MAX_ROWS) this.#refuse(line, `more than ${MAX_ROWS} rows: import the file in parts`);
    else if (row.txBytes + row.rxBytes === 0) this.emptyCount += 1;
    else this.#rows.push(row);
  }

  rows(): readonly ImportRow[] {
    return this.#rows.sort((left, right) => left.startUs - right.startUs);
  }

  #refuse(line: number, reason: string): void {
    this.refusedCount += 1;
    if (this.refused.length < MAX_REFUSED) this.refused.push({ line, reason });
  }

  #read(value: (field: ImportField) => unknown): ImportRow | string {
    const times = this.#times(value('time'), value('end'), String(value('device') ?? ''));
    if (typeof times === 'string') return times;
    const [txBytes, rxBytes] = [bytesOf(value('sent')), bytesOf(value('received'))];
    if (txBytes === undefined || rxBytes === undefined) return 'the bytes are not whole numbers from 0';
    if (txBytes + rxBytes > MOST_BYTES) return 'more bytes than a network moves';
    return { ...times, txBytes, rxBytes };
  }

  #times(time: unknown, end: unknown, device: string): { startUs: number; endUs: number } | string {
    const atUs = timeOf(time);
    if (atUs === undefined) return 'the time is none';
    if (atUs < EARLIEST_US) return 'the time is before 1995';
    if (atUs > this.#clock() + DAY_US) return 'the time is in the future';
    const endUs = timeOf(end);
    if (endUs !== undefined) return endUs > atUs ? { startUs: atUs, endUs } : 'it ends before it begins';
    if (isDate(time)) {
      const day = new Date(atUs / 1000);
      return { startUs: atUs, endUs: new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime() * 1000 };
    }
    const beforeUs = this.#lastUs.get(device) ?? atUs - US_PER_S;
    this.#lastUs.set(device, atUs);
    const isNext = beforeUs < atUs && atUs - beforeUs <= MAX_BACK_US;
    return { startUs: isNext ? beforeUs : atUs - US_PER_S, endUs: atUs };
  }
}

function bytesOf(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const bytes = Number(value);
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?$/;

const isDate = (value: unknown): boolean => typeof value === 'string' && DATE.test(value.trim());

/** ISO 8601 (without a zone: local time), a date, or seconds or milliseconds since the epoch. */
function timeOf(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = String(value).trim();
  if (/^\d{9,11}(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * US_PER_S);
  if (/^\d{12,14}$/.test(text)) return Number(text) * 1000;
  if (!DATE.test(text) && !DATE_TIME.test(text)) return undefined;
  const ms = Date.parse(DATE.test(text) ? `${text}T00:00:00` : text.replace(' ', 'T'));
  return Number.isNaN(ms) ? undefined : ms * 1000;
}
