// Alerts over HTTP. Owns the address: they are not stored yet, which the answer says instead of pretending that there were none.
import { askedOr } from '../../history/history-context.js';
import { secondsOf } from '../../history/usage-fields.js';
import { FILTER_QUERY, PAGE_QUERY, PERIOD_QUERY } from './history-query.js';
import type { HistoryRoute } from './history-route.js';

const NOT_STORED = 'alerts are not stored: the live stream carries them as they are raised';

export const ALERT_ROUTES: readonly HistoryRoute[] = [
  {
    path: '/api/alerts',
    summary: 'Alerts of the period',
    tag: 'Accounts',
    query: { ...PERIOD_QUERY, interface: FILTER_QUERY.interface, limit: PAGE_QUERY.limit, offset: PAGE_QUERY.offset },
    periodOf: askedOr('last 24 hours'),
    answer: ({ range }) => ({
      schema: 'kaipo.alerts/1',
      from: secondsOf(range.fromUs),
      to: secondsOf(range.toUs),
      stored: false,
      detail: NOT_STORED,
      rows: [],
    }),
  },
];
