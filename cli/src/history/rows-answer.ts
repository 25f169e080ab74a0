// An answer that is rows by name (applications, hosts, protocols): the four forms of it. Owns that rows + other + unknown are the
// total, and that what was counted but not captured is told apart from it.

import { formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import {
  type FlowSums,
  type HistoryRow,
  type HistoryRows,
  type HistoryTotals,
  type HistoryUnknown,
  queryBooks,
} from '@kaipo/core/query/history.js';
import type { CsvCell } from '../output/csv.js';
import { formatShare } from '../report/report-notes.js';
import { documentHead, heading } from './answer-head.js';
import { fittedTable, type TableColumn } from './fitted-table.js';
import type { HistoryAnswer, HistoryContext } from './history-context.js';
import { periodNotes } from './period-notes.js';
import { withoutSchema } from './steps-answer.js';
import { usageCells, usageFields } from './usage-fields.js';

export interface RowsParts {
  /** Of the schema, plural: `apps`. */
  readonly command: string;
  /** Of one row: `app`. */
  readonly type: string;
  readonly title: string;
  readonly totals: HistoryTotals;
  readonly rows: HistoryRows;
  readonly unknown?: HistoryUnknown;
  /** What names a row: fields without sums. */
  identity(row: HistoryRow): Readonly<Record<string, unknown>>;
  /** The fields of `identity` that are columns of CSV. */
  readonly csvFields: readonly string[];
  /** Columns of the table in front of the sums, and a row's cells in them. */
  readonly columns: readonly TableColumn[];
  cells(row: HistoryRow): readonly string[];
}

const SUM_FIELDS = ['txBytes', 'rxBytes', 'totalBytes', 'txPackets', 'rxPackets', 'flows'] as const;
const SUM_COLUMNS: readonly TableColumn[] = [
  { title: 'Received', align: 'right' },
  { title: 'Sent', align: 'right' },
  { title: 'Total', align: 'right', drop: 9 },
  { title: 'Flows', align: 'right', drop: 5 },
  { title: 'Share', align: 'right', drop: 8 },
];

export function rowsAnswer(context: HistoryContext, parts: RowsParts): HistoryAnswer {
  const { rows, unknown, totals } = parts;
  const notCaptured = notCapturedOf(context, totals);
  const other = rows.other && { count: rows.otherCount, ...sumFields(rows.other) };
  const total = sumFields(totalOf(parts));
  const listed = rows.rows.map((row) => ({ ...parts.identity(row), ...sumFields(row) }));
  const unknownFields = unknown && { ...sumFields(unknown), reasons: unknown.reasons };
  const head = documentHead(parts.command, context, totals);
  return {
    document: {
      ...head,
      rows: listed,
      ...(other && { other }),
      ...(unknownFields && { unknown: unknownFields }),
      total,
      ...(notCaptured && { notCaptured }),
    },
    records: [
      ...listed.map((row) => ({ type: parts.type, ...row })),
      ...(other ? [{ type: 'other', ...other }] : []),
      ...(unknownFields ? [{ type: 'unknown', ...unknownFields }] : []),
      { type: 'total', ...withoutSchema(head), ...total, ...(notCaptured && { notCaptured }) },
    ],
    csv: { columns: ['row', ...parts.csvFields, ...SUM_FIELDS], rows: csvRows(parts) },
    table: () => table(context, parts, notCaptured),
    notes: periodNotes(context, totals),
  };
}

export function sumFields(sums: FlowSums): Record<(typeof SUM_FIELDS)[number], number> {
  return { ...usageFields(sums), flows: sums.flows };
}

function totalOf({ rows: { total }, unknown }: RowsParts): FlowSums {
  if (unknown === undefined) return total;
  return {
    txBytes: total.txBytes + unknown.txBytes,
    rxBytes: total.rxBytes + unknown.rxBytes,
    txPackets: total.txPackets + unknown.txPackets,
    rxPackets: total.rxPackets + unknown.rxPackets,
    flows: total.flows + unknown.flows,
  };
}

interface NotCaptured {
  readonly bytes: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** What the kernel counted and nobody saw: no row can have it. Counters know no zones. */
function notCapturedOf(
  { store, range, filter }: HistoryContext,
  { notCapturedBytes }: HistoryTotals,
): NotCaptured | undefined {
  if (filter.zone !== undefined || notCapturedBytes <= 0) return undefined;
  const wanted = filter.interface === undefined ? undefined : [filter.interface].flat();
  const { interfaces, total } = queryBooks(store, range);
  const books = wanted === undefined ? [total] : interfaces.filter((row) => wanted.includes(row.interface));
  const reasons: Record<string, number> = {};
  for (const { notCaptured, unexplainedBytes } of books) {
    for (const [reason, bytes] of Object.entries({ ...notCaptured, unexplained: unexplainedBytes })) {
      if (bytes !== 0) reasons[reason] = (reasons[reason] ?? 0) + bytes;
    }
  }
  return { bytes: notCapturedBytes, reasons };
}

function* csvRows({ rows, unknown, type, identity, csvFields }: RowsParts): Generator<CsvCell[]> {
  const line = (kind: string, fields: Readonly<Record<string, unknown>>, sums: FlowSums): CsvCell[] => [
    kind,
    ...csvFields.map((field) => fields[field] as CsvCell),
    ...SUM_FIELDS.map((field) => sumFields(sums)[field]),
  ];
  for (const row of rows.rows) yield line(type, identity(row), row);
  if (rows.other) yield line('other', {}, rows.other);
  if (unknown) yield line('unknown', {}, unknown);
}

function table(context: HistoryContext, parts: RowsParts, notCaptured: NotCaptured | undefined): string {
  const { rows, unknown, columns, title } = parts;
  const total = totalOf(parts);
  const whole = total.txBytes + total.rxBytes;
  const line = (cells: readonly string[], sums: FlowSums): string[] => [
    ...columns.map((_, index) => cells[index] ?? ''),
    ...usageCells(sums),
    formatCount(sums.flows),
    formatShare(sums.txBytes + sums.rxBytes, whole),
  ];
  const lines = rows.rows.map((row) => line(parts.cells(row), row));
  if (rows.other) lines.push(line([rows.otherCount > 0 ? `${rows.otherCount} more` : rows.other.name], rows.other));
  if (unknown) lines.push(line(['unknown'], unknown));
  lines.push(line(['Total'], total));
  const why = [
    unknown && unknown.txBytes + unknown.rxBytes > 0 ? reasonsLine('Unknown', unknown.reasons, context) : '',
    notCaptured ? reasonsLine(`Not captured ${formatBytes(notCaptured.bytes)}`, notCaptured.reasons, context) : '',
  ].join('');
  const shown = [{ ...columns[0]!, title }, ...columns.slice(1), ...SUM_COLUMNS];
  return `${fittedTable(shown, lines, context.width)}${why === '' ? '' : `\n${why}`}`;
}

function reasonsLine(title: string, reasons: Readonly<Record<string, number>>, { color }: HistoryContext): string {
  const parts = Object.entries(reasons)
    .sort(([, left], [, right]) => right - left)
    .map(([reason, bytes]) => `${reason} ${formatBytes(bytes)}`);
  return `  ${heading(title, color)}: ${parts.join(', ')}\n`;
}
