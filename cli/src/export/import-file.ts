// Reads a file of another usage tracker, CSV (RFC 4180) or JSON, into ImportRows. Owns the two forms and the errors of the file.
// Bound: MAX_CSV_BYTES and MAX_JSON_BYTES of file, one record of CSV at a time.
import { closeSync, createReadStream, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { shellWord } from '../output/runnable-command.js';
import { csvCells, csvRecords, separatorOf } from './csv-records.js';
import { type ImportField, type ImportRows, importColumns } from './import-rows.js';

/** sqlite.org/fileformat.html, 1.3: how every database begins. */
const SQLITE_MAGIC = 'SQLite format 3\0';
const MAX_CSV_BYTES = 2_000_000_000;
/** JSON is in memory as a whole. */
const MAX_JSON_BYTES = 268_435_456;

/** Raises KAIPO_NO_INPUT, KAIPO_INPUT_IS_DIRECTORY, KAIPO_INPUT_UNREADABLE, KAIPO_NOT_A_HISTORY for a file without usable columns. */
export async function readImportFile(file: string, rows: ImportRows): Promise<void> {
  const size = sizeOf(file);
  const start = firstText(file);
  if (start.startsWith(SQLITE_MAGIC)) throw isDatabase(file);
  const isJson = /^\s*[[{]/.test(start);
  if (size > (isJson ? MAX_JSON_BYTES : MAX_CSV_BYTES)) {
    throw new KaipoError('KAIPO_NOT_A_HISTORY', `${file} is too large to import`, 'import it in parts, as CSV');
  }
  if (isJson) readJson(file, rows);
  else await readCsv(file, rows);
}

async function readCsv(file: string, rows: ImportRows): Promise<void> {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
  let columns: ReadonlyMap<ImportField, number> | undefined;
  let separator = ',';
  for await (const { line, text } of csvRecords(lines, () => separator)) {
    if (columns === undefined) {
      separator = separatorOf(text);
      const names = csvCells(text, separator);
      columns = importColumns(names);
      if (columns === undefined) throw noColumns(file, names);
      continue;
    }
    const at = columns;
    const cells = csvCells(text, separator);
    rows.add(line, (field) => cells[at.get(field) ?? -1]);
  }
  if (columns === undefined) throw noColumns(file, []);
}

/** A list of objects, or a document that has one under `totals`, `rows`, `data`, or the name of a table. */
function readJson(file: string, rows: ImportRows): void {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    throw new KaipoError('KAIPO_NOT_A_HISTORY', `${file} is no JSON: ${(error as Error).message}`);
  }
  const list = listOf(document);
  const first = list?.find((row) => typeof row === 'object' && row !== null) as object | undefined;
  const names = Object.keys(first ?? {});
  const columns = importColumns(names);
  if (list === undefined || columns === undefined) throw noColumns(file, names);
  rows.unit = 'row';
  for (const [index, row] of list.entries()) {
    const fields = (row ?? {}) as Readonly<Record<string, unknown>>;
    rows.add(index + 1, (field) => fields[names[columns.get(field) ?? -1] ?? '']);
  }
}

function listOf(document: unknown): readonly unknown[] | undefined {
  if (Array.isArray(document)) return document;
  const fields = (document ?? {}) as Readonly<Record<string, unknown>>;
  const names = ['totals', 'rows', 'data', 'usage_logs', 'network_usage', 'usage', 'logs', 'daily', 'days'];
  return names.map((name) => fields[name]).find((value) => Array.isArray(value)) as readonly unknown[] | undefined;
}

/** The tables of the trackers this takes over from are usage_logs and network_usage. */
function isDatabase(file: string): KaipoError {
  return new KaipoError(
    'KAIPO_NOT_A_HISTORY',
    `${file} is an SQLite database: its rows are read as CSV (table usage_logs or network_usage)`,
    `sqlite3 -header -csv ${shellWord(file)} 'select * from network_usage' > rows.csv && kaipo import rows.csv`,
  );
}

function noColumns(file: string, names: readonly string[]): KaipoError {
  const has =
    names.length === 0
      ? 'it has none'
      : `it has ${names
          .slice(0, 12)
          .map((name) => safeText(name, 64))
          .join(', ')}`;
  return new KaipoError(
    'KAIPO_NOT_A_HISTORY',
    `${file} has no columns timestamp, bytes_sent and bytes_received (${has})`,
    'name the columns so in the first line, or export the table usage_logs or network_usage with its names',
  );
}

function sizeOf(file: string): number {
  const status = statSync(file, { throwIfNoEntry: false });
  if (status === undefined) throw new KaipoError('KAIPO_NO_INPUT', `${file} does not exist`);
  if (status.isDirectory()) throw new KaipoError('KAIPO_INPUT_IS_DIRECTORY', `${file} is a directory`);
  return status.size;
}

function firstText(file: string): string {
  try {
    const fd = openSync(file, 'r');
    const start = Buffer.alloc(256);
    const length = readSync(fd, start, 0, start.length, 0);
    closeSync(fd);
    return start.toString('utf8', 0, length).replace(/^\ufeff/, '');
  } catch (error) {
    throw new KaipoError('KAIPO_INPUT_UNREADABLE', `cannot read ${file}: ${(error as Error).message.split(',')[0]}`);
  }
}
