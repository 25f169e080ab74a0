// Alerts over HTTP. Owns the address and what it takes; the answer is that of `kaipo alerts`.
import type { Severity } from '@kaipo/core/api/events.js';
import { ALERT_STATES, type AlertState } from '@kaipo/core/query/alerts.js';
import { alertsAnswer } from '../../commands/alerts.js';
import { askedOr } from '../../history/history-context.js';
import { FILTER_QUERY, type HistoryQuery, PAGE_QUERY, PERIOD_QUERY } from './history-query.js';
import { type HistoryRoute, historyRoute } from './history-route.js';

interface AlertQuery extends HistoryQuery {
  readonly rule?: string;
  readonly severity?: Severity;
  readonly state?: AlertState;
  readonly text?: string;
}

export const ALERT_ROUTES: readonly HistoryRoute[] = [
  historyRoute<AlertQuery>({
    path: '/api/alerts',
    summary: 'Alerts of the period',
    tag: 'Accounts',
    query: {
      ...PERIOD_QUERY,
      interface: FILTER_QUERY.interface,
      rule: { type: 'string', minLength: 1, maxLength: 64, description: 'Of this rule' },
      severity: { type: 'string', enum: ['info', 'warning', 'critical'], description: 'As grave as this' },
      state: { type: 'string', enum: [...ALERT_STATES], description: 'Those that go on, are over, known or muted' },
      text: {
        type: 'string',
        minLength: 1,
        maxLength: 256,
        description: 'With this in subject, summary, application or host, whatever the case',
      },
      limit: PAGE_QUERY.limit,
      offset: PAGE_QUERY.offset,
    },
    periodOf: askedOr('last 24 hours'),
    answer: (context, query) => alertsAnswer(context, query).document,
  }),
];
