// Rows of other usage trackers: which columns mean what, and which rows cannot be believed. Owns names, units and refusals; must
// not know files or stores; how long a row is belongs to import-spans.ts. Bound: MAX_ROWS rows, MAX_REFUSED refusals told one by one.
import type { Clock } from '@kaipo/core/kernel/clock.js';
import { spanRows, type TimedRow, usualDistanceUs } from './import-spans.js';

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
  interface: ['interface', 'iface', 'interface_name', 'nic'],
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
/** As long as the store takes names of interfaces; no control characters. */
const INTERFACE = /^[^\p{C}]{1,64}$/u;

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
  /** What the file says of it. */
  readonly interface?: string;
}

/** A row that says one time only. */
interface OpenRow extends TimedRow {
  readonly interface?: string;
}

export interface Refusal {
  readonly line: number;
  readonly reason: string;
}

/** Takes rows as texts, one by one; what it keeps is in order of time once `rows` is asked for. */
export class ImportRows {
  readonly #clock: Clock;
  readonly #rows: ImportRow[] = [];
  /** By device and interface: rows that wait for the ones around them, to know how long they are. */
  readonly #open = new Map<string, OpenRow[]>();
  #count = 0;
  readonly #assumed = new Set<string>();
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
    else if (this.#count >= MAX_ROWS) this.#refuse(line, `more than ${MAX_ROWS} rows: import the file in parts`);
    else this.#keep(row, String(value('device') ?? ''));
  }

  /** In order of time. Asked for once, when every row is there. */
  rows(): readonly ImportRow[] {
    const usualUs = middle([...this.#open.values()].map((rows) => usualDistanceUs(timesOf(rows))));
    for (const open of this.#open.values()) {
      const { rows, assumed } = spanRows(open, this.#clock(), usualUs);
      if (assumed !== undefined) this.#assumed.add(assumed);
      for (const { row, startUs, endUs } of rows) {
        const { atUs: _, ...rest } = row;
        if (row.txBytes + row.rxBytes > 0) this.#rows.push({ ...rest, startUs, endUs });
      }
    }
    this.#open.clear();
    return this.#rows.sort((left, right) => left.startUs - right.startUs);
  }

  /** What was taken for granted of rows that say one time only. */
  get assumed(): readonly string[] {
    return [...this.#assumed];
  }

  #keep(row: ImportRow | OpenRow, device: string): void {
    const isEmpty = row.txBytes + row.rxBytes === 0;
    if (isEmpty) this.emptyCount += 1;
    if (!('atUs' in row)) {
      if (isEmpty) return;
      this.#rows.push(row);
    } else {
      const group = `${device}\n${row.interface ?? ''}`;
      const rows = this.#open.get(group);
      if (rows === undefined) this.#open.set(group, [row]);
      else rows.push(row);
    }
    this.#count += 1;
  }

  #refuse(line: number, reason: string): void {
    this.refusedCount += 1;
    if (this.refused.length < MAX_REFUSED) this.refused.push({ line, reason });
  }

  #read(value: (field: ImportField) => unknown): ImportRow | OpenRow | string {
    const times = this.#times(value('time'), value('end'));
    if (typeof times === 'string') return times;
    const [txBytes, rxBytes] = [bytesOf(value('sent')), bytesOf(value('received'))];
    if (txBytes === undefined || rxBytes === undefined) return 'the bytes are not whole numbers from 0';
    if (txBytes + rxBytes > MOST_BYTES) return 'more bytes than a network moves';
    const name = value('interface');
    if (name === undefined || name === null || name === '') return { ...times, txBytes, rxBytes };
    if (!INTERFACE.test(String(name))) return 'the interface has no name that can be';
    return { ...times, txBytes, rxBytes, interface: String(name) };
  }

  #times(time: unknown, end: unknown): { startUs: number; endUs: number } | { atUs: number } | string {
    const atUs = timeOf(time);
    if (atUs === undefined) return 'the time is none';
    if (atUs < EARLIEST_US) return 'the time is before 1995';
    if (atUs > this.#clock() + DAY_US) return 'the time is in the future';
    const endUs = timeOf(end);
    if (endUs !== undefined) return endUs > atUs ? { startUs: atUs, endUs } : 'it ends before it begins';
    if (!isDate(time)) return { atUs };
    const day = new Date(atUs / 1000);
    return { startUs: atUs, endUs: new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime() * 1000 };
  }
}

const timesOf = (rows: readonly OpenRow[]): number[] =>
  rows.map(({ atUs }) => atUs).sort((left, right) => left - right);

function middle(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).sort((left, right) => left - right);
  return known[Math.floor(known.length / 2)];
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
