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
import { countedInterfacesOf, interfaceRecord, interfacesTable } from '../history/interface-rows.js';
import { periodNotes } from '../history/period-notes.js';
import { withoutSchema } from '../history/steps-answer.js';
import type { CsvCell } from '../output/csv.js';

export function runInterfaces(options: HistoryOptions & RowOptions): Promise<number> {
  return answerFromHistory(options, askedOr('last 24 hours'), (context) => interfacesAnswer(context, options));
}

const CSV_COLUMNS = [
  'interface',
  'class',
  'counted',
  'txBytes',
  'rxBytes',
  'totalBytes',
  'txPackets',
  'rxPackets',
] as const;

const UNTOLD = 'which of these interfaces add to the total changed within the period';

/** The total is that of the interfaces that count: a byte that passes a VPN, a bridge and a card is one byte. */
export function interfacesAnswer(context: HistoryContext, options: RowOptions): HistoryAnswer {
  const { store, range, filter, width } = context;
  const totals = queryTotals(store, range, filter);
  const { rows } = askRows(context, 'interface', options);
  const counted = countedInterfacesOf(context);
  const records = rows.map((row) => interfaceRecord(row, counted)) as Readonly<Record<string, CsvCell>>[];
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
      `${headLines('Interfaces', context, totals)}${rows.length === 0 ? '' : `\n${interfacesTable(rows, totals, counted, width)}`}`,
    notes: [...periodNotes(context, totals), ...(counted === undefined && rows.length > 1 ? [UNTOLD] : [])],
  };
}
