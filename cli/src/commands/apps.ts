// `kaipo apps`: which application moved how much, how that is known, and what is not known.
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { type HistoryRow, queryTotals, queryUnknown } from '@kaipo/core/query/history.js';
import { askRows, type RowOptions } from '../history/asked-rows.js';
import {
  answerFromHistory,
  askedOr,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';
import { rowsAnswer } from '../history/rows-answer.js';

export function runApps(options: HistoryOptions & RowOptions): Promise<number> {
  return answerFromHistory(options, askedOr('last 24 hours'), (context) => appsAnswer(context, options));
}

export function appsAnswer(context: HistoryContext, options: RowOptions): HistoryAnswer {
  const { store, range, filter } = context;
  return rowsAnswer(context, {
    command: 'apps',
    type: 'app',
    title: 'Application',
    totals: queryTotals(store, range, filter),
    rows: askRows(context, 'app', options),
    // Rows by name are a part; what is unknown has no name.
    ...(options.name === undefined && { unknown: queryUnknown(store, range, filter) }),
    identity: ({ name, exe, user, unit, container, quality }) => ({
      app: name,
      ...(exe !== undefined && { exe }),
      ...(user !== undefined && { user }),
      ...(unit !== undefined && { unit }),
      ...(container !== undefined && { container }),
      ...(quality !== undefined && { quality }),
    }),
    csvFields: ['app', 'exe', 'user', 'unit', 'container'],
    columns: [
      { title: '', shrinksTo: 14 },
      { title: 'User', drop: 4, shrinksTo: 6 },
      { title: 'Belongs to', drop: 3, shrinksTo: 12 },
      { title: 'Known by', drop: 1, shrinksTo: 10 },
    ],
    cells: (row) => [row.name, row.user ?? '', row.container ?? row.unit ?? '', knownBy(row)],
  });
}

/** "event", or "event, 1.2 MB inferred": the best known part first. */
function knownBy({ quality = {} }: HistoryRow): string {
  const [most, ...rest] = Object.entries(quality)
    .filter(([, bytes]) => bytes > 0)
    .sort(([, left], [, right]) => right - left);
  if (most === undefined) return '';
  return [most[0], ...rest.map(([word, bytes]) => `${formatBytes(bytes)} ${word}`)].join(', ');
}
