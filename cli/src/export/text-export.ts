// An export as JSON, NDJSON or CSV, written while it is read. Owns the three forms; rows and columns come in.
import { csvLine } from '../output/csv.js';
import type { TextSink } from '../output/text-sink.js';
import { EXPORT_COLUMNS, type ExportColumn, type ExportRow, type ExportTable, ROW_TYPES } from './export-tables.js';

export type Rows = (table: ExportTable) => AsyncIterable<ExportRow>;

/** One document `{schema, device, from, to, …, TABLE: [rows]}`: a row a line, so that it can be read by people and line tools too. */
export async function writeJson(
  sink: TextSink,
  head: object,
  tables: readonly ExportTable[],
  rows: Rows,
): Promise<void> {
  sink.write(JSON.stringify(head).slice(0, -1));
  for (const table of tables) {
    sink.write(`,\n"${table}":[`);
    let before = '\n';
    for await (const row of rows(table)) {
      sink.write(`${before}${JSON.stringify(row)}`);
      before = ',\n';
    }
    sink.write(']');
  }
  sink.write('}\n');
}

/** The head first, `type` "export"; then a row a line. */
export async function writeNdjson(
  sink: TextSink,
  head: object,
  tables: readonly ExportTable[],
  rows: Rows,
): Promise<void> {
  sink.write(`${JSON.stringify({ type: 'export', ...head })}\n`);
  for (const table of tables) {
    for await (const row of rows(table)) sink.write(`${JSON.stringify({ type: ROW_TYPES[table], ...row })}\n`);
  }
}

export async function writeCsv(sink: TextSink, table: ExportTable, deviceId: string, rows: Rows): Promise<void> {
  const columns = EXPORT_COLUMNS[table];
  sink.write(csvLine(columns.map(({ name }) => name)));
  const cellOf = (row: ExportRow, { field, type }: ExportColumn): string | number | undefined => {
    if (type === 'device') return deviceId;
    const value = row[field] as string | number | undefined;
    return type === 'time' && value !== undefined ? isoTimeOnce(Number(value)) : value;
  };
  for await (const row of rows(table)) sink.write(csvLine(columns.map((column) => cellOf(row, column))));
}

let latest = { seconds: Number.NaN, text: '' };

/** Many rows in a row are of the same step. */
function isoTimeOnce(seconds: number): string {
  if (seconds !== latest.seconds) latest = { seconds, text: isoTime(seconds) };
  return latest.text;
}

/** `2026-11-01T13:00:00Z`, with microseconds where there are some. */
export function isoTime(seconds: number): string {
  const us = Math.round(seconds * 1e6);
  const date = new Date(Math.floor(us / 1e6) * 1000);
  if (Number.isNaN(date.getTime())) return String(seconds);
  const fraction = us - Math.floor(us / 1e6) * 1e6;
  const text = date.toISOString().slice(0, -5);
  return fraction === 0 ? `${text}Z` : `${text}.${String(fraction).padStart(6, '0')}Z`;
}
