// `kaipo dns`: which names were asked for, how often, and what the last answers were.
import { formatCount } from '@kaipo/core/kernel/units.js';
import { type NameRow, queryNames, queryTotals } from '@kaipo/core/query/history.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { documentHead, headLines } from '../history/answer-head.js';
import type { RowOptions } from '../history/asked-rows.js';
import { DEFAULT_LIMIT } from '../history/default-limit.js';
import { fittedTable } from '../history/fitted-table.js';
import {
  answerFromHistory,
  askedOr,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';
import { isRecorded, periodNotes } from '../history/period-notes.js';
import { withoutSchema } from '../history/steps-answer.js';
import { secondsOf } from '../history/usage-fields.js';

export const NAME_SORTS = ['count', 'name', 'last', 'failed'] as const;
const MAX_NAMES = 500_000;
const CSV_COLUMNS = ['name', 'qtype', 'rcode', 'count', 'first', 'last', 'answers', 'failed'] as const;

export function runDns(options: HistoryOptions & RowOptions): Promise<number> {
  return answerFromHistory(options, askedOr('last 24 hours'), (context) => dnsAnswer(context, options));
}

export function dnsAnswer(context: HistoryContext, options: RowOptions): HistoryAnswer {
  const { store, range, width } = context;
  const { limit = DEFAULT_LIMIT, sort = 'count', reverse = false, name } = options;
  const all = queryNames(store, range, { limit: MAX_NAMES, ...(name !== undefined && { name }) });
  const ordered = [...all.rows].sort(ORDER[sort] ?? ORDER['count']);
  const rows = (reverse ? ordered.reverse() : ordered).slice(0, limit);
  const totals = queryTotals(store, range);
  const head = documentHead('dns', context, totals);
  const records = rows.map(nameRecord);
  const sums = {
    names: all.count,
    asked: sumOf(all.rows, ({ count }) => count),
    failed: sumOf(all.rows, ({ failed }) => failed),
    ...(all.more && { more: true }),
  };
  return {
    document: { ...head, rows: records, ...sums },
    records: [...records.map((row) => ({ type: 'name', ...row })), { type: 'total', ...withoutSchema(head), ...sums }],
    csv: {
      columns: CSV_COLUMNS,
      rows: records.map((row) =>
        CSV_COLUMNS.map((column) => (column === 'answers' ? row.answers?.join(' ') : row[column])),
      ),
    },
    table: () =>
      all.count === 0 && !isRecorded(totals)
        ? headLines('Names', context, totals)
        : table(rows, width) + moreLine(all.count - rows.length),
    notes: [
      ...(all.count === 0 ? periodNotes(context, totals) : []),
      ...(all.count === 0 && isRecorded(totals)
        ? ['no answered name was recorded in this period; names need packet capture']
        : []),
      ...(all.more ? ['there were too many answers to look at all; these are the newest'] : []),
    ],
  };
}

const sumOf = (rows: readonly NameRow[], pick: (row: NameRow) => number): number =>
  rows.reduce((sum, row) => sum + pick(row), 0);

const moreLine = (count: number): string =>
  count > 0 ? `  ${formatCount(count)} more ${count === 1 ? 'name' : 'names'}\n` : '';

const ORDER: Readonly<Record<string, (left: NameRow, right: NameRow) => number>> = {
  count: (left, right) => right.count - left.count || right.lastUs - left.lastUs,
  name: (left, right) => (left.name < right.name ? -1 : 1),
  last: (left, right) => right.lastUs - left.lastUs,
  failed: (left, right) => right.failed - left.failed || right.lastUs - left.lastUs,
};

function nameRecord({ name, qtype, rcode, count, failed, firstUs, lastUs, answers }: NameRow) {
  return {
    name,
    qtype,
    rcode,
    count,
    first: secondsOf(firstUs),
    last: secondsOf(lastUs),
    ...(answers.length > 0 && { answers }),
    ...(failed > 0 && { failed }),
  };
}

function table(rows: readonly NameRow[], width: number | undefined): string {
  return fittedTable(
    [
      { title: 'Name', shrinksTo: 20 },
      { title: 'Type', drop: 3 },
      { title: 'Count', align: 'right' },
      { title: 'Last', drop: 4 },
      { title: 'Answer', drop: 1, shrinksTo: 15 },
    ],
    rows.map(({ name, qtype, rcode, count, lastUs, answers }) => [
      name,
      qtype,
      formatCount(count),
      localText(lastUs),
      rcode === 'NOERROR' ? answers.join(' ') : rcode,
    ]),
    width,
  );
}
