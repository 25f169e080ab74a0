// An answer that is rows by name (applications, hosts, protocols): the four forms of it. Owns that rows + other + what has no name
// are the total, and that what parts this total from the one of `kaipo status` is told.

import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import type { FlowSums, HistoryRow, HistoryRows, HistoryTotals, HistoryUnknown } from '@kaipo/core/query/history.js';
import type { CsvCell } from '../output/csv.js';
import { formatShare } from '../report/report-notes.js';
import { documentHead, heading, headLines } from './answer-head.js';
import { type BetweenTotals, betweenTotals } from './between-totals.js';
import { fittedTable, type TableColumn } from './fitted-table.js';
import type { HistoryAnswer, HistoryContext } from './history-context.js';
import { isRecorded, periodNotes } from './period-notes.js';
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
  /** What was captured and can have no row: frames without an address. */
  readonly nameless?: FlowSums;
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
  const { rows, unknown, nameless, totals } = parts;
  const between = betweenTotals(context, totals);
  const { notCaptured, notCounted } = between;
  const other = rows.other && { count: rows.otherCount, ...sumFields(rows.other) };
  const total = sumFields(totalOf(parts));
  const listed = rows.rows.map((row) => ({ ...parts.identity(row), ...sumFields(row) }));
  const unknownFields = unknown && { ...sumFields(unknown), reasons: unknown.reasons };
  const namelessFields = nameless && sumFields(nameless);
  const head = documentHead(parts.command, context, totals);
  const further = { ...(notCaptured && { notCaptured }), ...(notCounted && { notCounted }) };
  return {
    document: {
      ...head,
      rows: listed,
      ...(other && { other }),
      ...(unknownFields && { unknown: unknownFields }),
      ...(namelessFields && { nameless: namelessFields }),
      total,
      ...further,
    },
    records: [
      ...listed.map((row) => ({ type: parts.type, ...row })),
      ...(other ? [{ type: 'other', ...other }] : []),
      ...(unknownFields ? [{ type: 'unknown', ...unknownFields }] : []),
      ...(namelessFields ? [{ type: 'nameless', ...namelessFields }] : []),
      { type: 'total', ...withoutSchema(head), ...total, ...further },
    ],
    csv: { columns: ['row', ...parts.csvFields, ...SUM_FIELDS], rows: csvRows(parts) },
    table: () => (isRecorded(totals) ? table(context, parts, between) : headLines(`${parts.title}s`, context, totals)),
    notes: periodNotes(context, totals),
  };
}

export function sumFields(sums: FlowSums): Record<(typeof SUM_FIELDS)[number], number> {
  return { ...usageFields(sums), flows: sums.flows };
}

function totalOf({ rows: { total }, unknown, nameless }: RowsParts): FlowSums {
  return [unknown, nameless].reduce<FlowSums>((sum, part) => (part === undefined ? sum : added(sum, part)), total);
}

const added = (left: FlowSums, right: FlowSums): FlowSums => ({
  txBytes: left.txBytes + right.txBytes,
  rxBytes: left.rxBytes + right.rxBytes,
  txPackets: left.txPackets + right.txPackets,
  rxPackets: left.rxPackets + right.rxPackets,
  flows: left.flows + right.flows,
});

function* csvRows({ rows, unknown, nameless, type, identity, csvFields }: RowsParts): Generator<CsvCell[]> {
  const line = (kind: string, fields: Readonly<Record<string, unknown>>, sums: FlowSums): CsvCell[] => [
    kind,
    ...csvFields.map((field) => fields[field] as CsvCell),
    ...SUM_FIELDS.map((field) => sumFields(sums)[field]),
  ];
  for (const row of rows.rows) yield line(type, identity(row), row);
  if (rows.other) yield line('other', {}, rows.other);
  if (unknown) yield line('unknown', {}, unknown);
  if (nameless) yield line('nameless', {}, nameless);
}

function table(context: HistoryContext, parts: RowsParts, { notCaptured, notCounted }: BetweenTotals): string {
  const { rows, unknown, nameless, columns, title } = parts;
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
  if (nameless) lines.push(line([`no ${parts.type}`], nameless));
  lines.push(line(['Total'], total));
  const why = [
    unknown && unknown.txBytes + unknown.rxBytes > 0 ? reasonsLine('Unknown', unknown.reasons, context) : '',
    notCaptured ? reasonsLine(`Not captured ${formatBytes(notCaptured.bytes)}`, notCaptured.reasons, context) : '',
    notCounted
      ? reasonsLine(`Not in status ${formatBytes(notCounted.bytes)}`, notCounted.interfaces, context, ADD_NOTHING)
      : '',
  ].join('');
  const shown = [{ ...columns[0]!, title }, ...columns.slice(1), ...SUM_COLUMNS];
  return `${fittedTable(shown, lines, context.width)}${why === '' ? '' : `\n${why}`}`;
}

/** A VPN, a bridge, loopback: their bytes pass another interface too, or none. */
const ADD_NOTHING = ', which add nothing to it';

function reasonsLine(
  title: string,
  reasons: Readonly<Record<string, number>>,
  { color }: HistoryContext,
  after = '',
): string {
  if (Object.keys(reasons).length === 0) return `  ${heading(title, color)}\n`;
  const parts = Object.entries(reasons)
    .sort(([, left], [, right]) => right - left)
    .map(([reason, bytes]) => `${safeText(reason, 64)} ${formatBytes(bytes)}`);
  return `  ${heading(title, color)}: ${parts.join(', ')}${after}\n`;
}
