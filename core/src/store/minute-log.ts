// Rows kept by the minute they belong to: closed flows, answered names. An append writes a small piece, a finished minute
// becomes one block. Must not know lmdb, nor what a row says beyond its time.
// Bound: a byte budget a log, the oldest minutes go first; MAX_ROWS_PER_BLOCK rows a block.
import { KaipoError } from '../kernel/errors.js';
import type { BlockReader, BlockWriter } from './block-access.js';
import { decodeBlock, encodeBlock } from './block-codec.js';
import type { LogRow } from './flow-rows.js';
import { type LogKind, logKey, type StoreKey } from './store-keys.js';
import { MAX_PRUNED_PER_APPEND, MAX_ROWS_PER_BLOCK } from './store-limits.js';
import type { StoreState } from './store-state.js';

type File = BlockReader & BlockWriter;

const MINUTE_S = 60;
const US_PER_S = 1_000_000;
/** A flow that fell silent is closed minutes after its last packet: a minute is joined when that is over. */
const SETTLED_AFTER_S = 600;
const LAST_SEQUENCE = Number.MAX_SAFE_INTEGER;

/** Files rows under the minute of their time column (microseconds). */
export function appendRows(
  file: File,
  state: StoreState,
  log: LogKind,
  rows: readonly LogRow[],
  timeColumn: number,
): void {
  const minutes = new Map<number, LogRow[]>();
  for (const row of rows) {
    const minuteS = floorTo(Math.max(0, Number(row[timeColumn])) / US_PER_S, MINUTE_S);
    const minute = minutes.get(minuteS);
    if (minute === undefined) minutes.set(minuteS, [row]);
    else minute.push(row);
  }
  for (const [minuteS, minute] of minutes) putRows(file, state, log, minuteS, minute);
  if (log === 'flows') state.flowCount += rows.length;
}

function putRows(file: File, state: StoreState, log: LogKind, minuteS: number, rows: readonly LogRow[]): void {
  for (let first = 0; first < rows.length; first += MAX_ROWS_PER_BLOCK) {
    const value = encodeBlock(toColumns(rows.slice(first, first + MAX_ROWS_PER_BLOCK)));
    file.put(logKey(log, minuteS, state.logSequence++), value);
    addBytes(state, log, value.length);
  }
}

/** Joins the pieces of every minute that has settled. */
export function compactMinutes(file: File, state: StoreState): void {
  const toS = floorTo(state.newestS, MINUTE_S) - SETTLED_AFTER_S;
  const fromS = Math.max(state.logCompactedS, toS - 3600);
  if (toS <= fromS) return;
  for (const log of ['flows', 'names'] as const) {
    for (const minuteS of scatteredMinutes(file, log, fromS, toS)) {
      const rows: LogRow[] = [];
      for (const { key, value } of [...file.range(logKey(log, minuteS, 0), logKey(log, minuteS, LAST_SEQUENCE))]) {
        for (const row of fromColumns(decodeBlock(value))) rows.push(row);
        file.remove(key);
        addBytes(state, log, -value.length);
      }
      putRows(file, state, log, minuteS, rows);
    }
  }
  state.logCompactedS = toS;
}

/** Minutes of [fromS, toS) with more than one piece. */
function scatteredMinutes(file: File, log: LogKind, fromS: number, toS: number): number[] {
  const pieces = new Map<number, number>();
  for (const key of file.keys(logKey(log, fromS, 0), logKey(log, toS, 0), MAX_PRUNED_PER_APPEND * 10)) {
    pieces.set(Number(key[1]), (pieces.get(Number(key[1])) ?? 0) + 1);
  }
  return [...pieces].filter(([, count]) => count > 1).map(([minuteS]) => minuteS);
}

/** Drops the oldest minutes until the log fits its budget. */
export function pruneLog(file: File, state: StoreState, log: LogKind, budgetBytes: number): void {
  let left = MAX_PRUNED_PER_APPEND;
  if (bytesOf(state, log) <= budgetBytes) return;
  const oldest: { key: (number | string)[]; bytes: number; rows: number }[] = [];
  let excess = bytesOf(state, log) - budgetBytes;
  for (const { key, value } of file.range(logKey(log, 0, 0), logKey(log, LAST_SEQUENCE, 0))) {
    oldest.push({ key, bytes: value.length, rows: log === 'flows' ? fromColumns(decodeBlock(value)).length : 0 });
    excess -= value.length;
    left -= 1;
    if (excess <= 0 || left === 0) break;
  }
  for (const { key, bytes, rows } of oldest) {
    file.remove(key);
    addBytes(state, log, -bytes);
    if (log === 'flows') state.flowCount -= rows;
  }
}

/** Drops the minutes before `minuteS`, at most `most` blocks, the oldest first. Answers what went. */
export function removeMinutesBefore(
  file: File,
  state: StoreState,
  log: LogKind,
  minuteS: number,
  most: number,
): { readonly blocks: number; readonly rows: number; readonly bytes: number } {
  const oldest: { key: StoreKey; bytes: number; rows: number }[] = [];
  for (const { key, value } of file.range(logKey(log, 0, 0), logKey(log, minuteS, 0))) {
    if (oldest.length >= most) break;
    oldest.push({ key, bytes: value.length, rows: log === 'flows' ? fromColumns(decodeBlock(value)).length : 0 });
  }
  let rows = 0;
  let bytes = 0;
  for (const block of oldest) {
    file.remove(block.key);
    rows += block.rows;
    bytes += block.bytes;
  }
  addBytes(state, log, -bytes);
  if (log === 'flows') state.flowCount -= rows;
  return { blocks: oldest.length, rows, bytes };
}

/** The oldest minute of flows or names, whichever is older; never the newest. Answers its bytes, 0 when there is none. */
export function removeOldestMinute(file: File, state: StoreState): number {
  const newestS = floorTo(state.newestS, MINUTE_S);
  let oldest: { log: LogKind; minuteS: number } | undefined;
  for (const log of ['flows', 'names'] as const) {
    const [key] = file.keys(logKey(log, 0, 0), logKey(log, oldest?.minuteS ?? newestS, 0), 1);
    if (key !== undefined) oldest = { log, minuteS: Number(key[1]) };
  }
  if (oldest === undefined) return 0;
  return removeMinutesBefore(file, state, oldest.log, oldest.minuteS + MINUTE_S, MAX_PRUNED_PER_APPEND).bytes;
}

/** How many rows a block of a log has. Raises KAIPO_STORE_CORRUPT. */
export function rowsOfBlock(value: Uint8Array): number {
  return fromColumns(decodeBlock(value)).length;
}

/**
 * Rows whose time lies in [fromUs, toUs), newest minute first. Ends when `visit` answers false. The row is the same object each time:
 * what is to be kept of it is copied.
 */
export function visitRows(
  file: BlockReader,
  log: LogKind,
  fromUs: number,
  toUs: number,
  timeColumn: number,
  visit: (row: LogRow) => boolean,
): void {
  const start = logKey(log, floorTo(Math.max(0, fromUs) / US_PER_S, MINUTE_S), 0);
  const end = logKey(log, Math.ceil(toUs / US_PER_S / MINUTE_S) * MINUTE_S, 0);
  const row: LogRow[number][] = [];
  for (const { value } of file.range(start, end, { reverse: true })) {
    const columns = columnsOf(decodeBlock(value));
    const times = columns[timeColumn] ?? [];
    row.length = columns.length;
    for (let index = (columns[0]?.length ?? 0) - 1; index >= 0; index--) {
      const tsUs = Number(times[index]);
      if (!(tsUs >= fromUs && tsUs < toUs)) continue;
      for (let column = 0; column < columns.length; column++) row[column] = columns[column]![index] ?? null;
      if (!visit(row)) return;
    }
  }
}

function floorTo(second: number, stepS: number): number {
  return Math.floor(second / stepS) * stepS;
}

function bytesOf(state: StoreState, log: LogKind): number {
  return log === 'flows' ? state.flowBytes : state.nameBytes;
}

function addBytes(state: StoreState, log: LogKind, bytes: number): void {
  if (log === 'flows') state.flowBytes += bytes;
  else state.nameBytes += bytes;
}

// Columns compress better than rows: neighbours are alike.
function toColumns(rows: readonly LogRow[]): unknown {
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? null));
}

function columnsOf(value: unknown): readonly LogRow[] {
  if (!Array.isArray(value) || !value.every(Array.isArray)) {
    throw new KaipoError('KAIPO_STORE_CORRUPT', 'a block of flows in the store is not made of columns');
  }
  return value as LogRow[];
}

function fromColumns(value: unknown): LogRow[] {
  const columns = columnsOf(value);
  return (columns[0] ?? []).map((_, row) => columns.map((column) => column[row] ?? null));
}
