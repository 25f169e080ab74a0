// `kaipo protocols`: which protocol moved how much.
import { queryTotals } from '@kaipo/core/query/history.js';
import { askRows, type RowOptions } from '../history/asked-rows.js';
import {
  answerFromHistory,
  askedOr,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';
import { rowsAnswer } from '../history/rows-answer.js';

export function runProtocols(options: HistoryOptions & RowOptions): Promise<number> {
  return answerFromHistory(options, askedOr('last 24 hours'), (context) => protocolsAnswer(context, options));
}

export function protocolsAnswer(context: HistoryContext, options: RowOptions): HistoryAnswer {
  const { store, range, filter } = context;
  return rowsAnswer(context, {
    command: 'protocols',
    type: 'protocol',
    title: 'Protocol',
    totals: queryTotals(store, range, filter),
    rows: askRows(context, 'protocol', options),
    identity: ({ name }) => ({ protocol: name }),
    csvFields: ['protocol'],
    columns: [{ title: '', shrinksTo: 12 }],
    cells: ({ name }) => [name],
  });
}
