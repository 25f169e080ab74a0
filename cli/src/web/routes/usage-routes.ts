// Totals over time: today, a month, a range, a lifetime. Owns which command's answer each address gives.
import { monthAnswer, monthAsked } from '../../commands/month.js';
import { rangeAnswer } from '../../commands/range.js';
import { lifetime, summaryAnswer } from '../../commands/summary.js';
import { todayAnswer, todayUntilNow } from '../../commands/today.js';
import { askedOr } from '../../history/history-context.js';
import { FILTER_QUERY, type HistoryQuery, PERIOD_QUERY } from './history-query.js';
import { type HistoryRoute, historyRoute } from './history-route.js';

const TAG = 'Usage';

export const USAGE_ROUTES: readonly HistoryRoute[] = [
  {
    path: '/api/today',
    summary: 'The day so far, by hour and by interface',
    tag: TAG,
    query: FILTER_QUERY,
    periodOf: todayUntilNow,
    answer: (history) => todayAnswer(history).document,
  },
  {
    path: '/api/month',
    summary: 'A month by day',
    tag: TAG,
    query: {
      ...FILTER_QUERY,
      month: { type: 'string', pattern: '^\\d{4}-(0[1-9]|1[0-2])$', description: 'YYYY-MM; without it this month' },
    },
    periodOf: monthAsked,
    answer: (history) => monthAnswer(history).document,
  },
  historyRoute<HistoryQuery & { readonly step?: string }>({
    path: '/api/range',
    summary: 'A period by steps that fit it',
    tag: TAG,
    query: {
      ...PERIOD_QUERY,
      ...FILTER_QUERY,
      step: { type: 'string', minLength: 1, maxLength: 16, description: 'Length of a step: 5m, 1h, day, month' },
    },
    periodOf: askedOr('last 7 days'),
    answer: (history, { step }) => rangeAnswer(history, step).document,
  }),
  {
    path: '/api/summary',
    summary: 'Everything that was ever recorded',
    tag: TAG,
    query: FILTER_QUERY,
    isHeavy: true,
    periodOf: lifetime,
    answer: (history) => summaryAnswer(history).document,
  },
];
