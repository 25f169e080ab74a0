// Whether the numbers are right and what they mean: books, caps, what changed, why. Owns which command's answer each address gives.
import { booksAnswer, parseBound } from '../../commands/audit.js';
import { capsAnswer } from '../../commands/cap.js';
import { diffAnswer } from '../../commands/diff.js';
import { diffPeriods } from '../../history/diff-periods.js';
import { askedOr } from '../../history/history-context.js';
import { FILTER_QUERY, type HistoryQuery, PERIOD_QUERY } from './history-query.js';
import { type HistoryRoute, historyRoute } from './history-route.js';

const TAG = 'Accounts';
const PERIOD = { type: 'string', minLength: 1, maxLength: 64 } as const;

export const ACCOUNT_ROUTES: readonly HistoryRoute[] = [
  historyRoute<HistoryQuery & { readonly bound?: string }>({
    path: '/api/books',
    summary: 'The books: kernel = attributed + unknown + not captured, by interface and in total',
    tag: TAG,
    query: {
      ...PERIOD_QUERY,
      interface: FILTER_QUERY.interface,
      bound: {
        type: 'string',
        maxLength: 16,
        description: 'What may be left unexplained: 0, 10MB, 0.1% (default 0.1%)',
      },
    },
    periodOf: askedOr('last 24 hours'),
    answer: (history, { bound = '0.1%' }) => booksAnswer(history, parseBound(bound)).document,
  }),
  {
    path: '/api/cap',
    summary: 'Budgets: what is used, what is left, and where each will end',
    tag: TAG,
    query: {},
    periodOf: askedOr('today'),
    answer: ({ store, config, nowUs }) => capsAnswer(store, config.caps, nowUs).document,
  },
  historyRoute<HistoryQuery & { readonly before?: string; readonly after?: string }>({
    path: '/api/diff',
    summary: 'What changed between two periods: applications, destinations, protocols',
    description: 'Without periods: today until now against yesterday until the same time.',
    tag: TAG,
    query: {
      ...FILTER_QUERY,
      before: { ...PERIOD, description: 'The earlier period in words: yesterday, "last week"' },
      after: { ...PERIOD, description: 'The later one; both or none' },
      limit: { type: 'integer', minimum: 1, maximum: 1000, description: 'Rows of each kind (default 20)' },
    },
    isHeavy: true,
    periodOf: (_, __, nowUs) => ({ fromUs: nowUs - 1, toUs: nowUs }),
    answer: (history, { before, after, limit }) => {
      const words = [before, after].filter((word) => word !== undefined);
      const range = diffPeriods(words, history.nowUs).after;
      return diffAnswer({ ...history, range }, words, limit).document;
    },
  }),
];
