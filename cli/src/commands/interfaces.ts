// `kaipo interfaces`: what the kernel counted on each interface.
import { queryTotals } from '@kaipo/core/query/history.js';
import { documentHead, headLines, totalFields } from '../history/answer-head.js';
import { askRows, type RowOptions } from '../history/asked-rows.js';
import {
  answerFromHistory,
  askedOr,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';
import { interfaceRecord, interfacesTable } from '../history/interface-rows.js';
import { periodNotes } from '../history/period-notes.js';
import { withoutSchema } from '../history/steps-answer.js';

export function runInterfaces(options: HistoryOptions & RowOptions): Promise<number> {
  return answerFromHistory(options, askedOr('last 24 hours'), (context) => interfacesAnswer(context, options));
}

const CSV_COLUMNS = ['interface', 'class', 'txBytes', 'rxBytes', 'totalBytes', 'txPackets', 'rxPackets'] as const;

/** The total is that of the interfaces that count: a byte that passes a VPN, a bridge and a card is one byte. */
export function interfacesAnswer(context: HistoryContext, options: RowOptions): HistoryAnswer {
  const { store, range, filter, width } = context;
  const totals = queryTotals(store, range, filter);
  const { rows } = askRows(context, 'interface', options);
  const records = rows.map((row) => interfaceRecord(row)) as Readonly<Record<string, string | number>>[];
  const head = documentHead('interfaces', context, totals);
  const total = totalFields(context, totals);
  return {
    document: { ...head, rows: records, total },
    records: [
      ...records.map((row) => ({ type: 'interface', ...row })),
      { type: 'total', ...withoutSchema(head), ...total },
    ],
    csv: { columns: CSV_COLUMNS, rows: records.map((row) => CSV_COLUMNS.map((column) => row[column])) },
    table: () =>
      `${headLines('Interfaces', context, totals)}${rows.length === 0 ? '' : `\n${interfacesTable(rows, totals, width)}`}`,
    notes: periodNotes(context, totals),
  };
}
