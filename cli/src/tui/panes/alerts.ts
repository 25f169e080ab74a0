// Pane 7: alerts, newest first. Owns: its columns.
import type { AlertRaised } from '@kaipo/core/api/events.js';
import { span } from '../canvas.js';
import { clockText } from '../clock-text.js';
import { definePane } from '../pane.js';
import { alertSubject } from '../row-subject.js';
import type { StyleName } from '../theme.js';

const STYLES: Readonly<Record<AlertRaised['severity'], StyleName>> = { info: 'dim', warning: 'warn', critical: 'bad' };
const GRAVITY: Readonly<Record<AlertRaised['severity'], number>> = { info: 0, warning: 1, critical: 2 };

export const alertsPane = definePane<AlertRaised>({
  id: 'alerts',
  title: 'Alerts',
  short: 'Alerts',
  rows: (context) => context.rows.alerts,
  keyOf: (alert) => `${alert.tsUs} ${alert.rule} ${alert.subject}`,
  subjectOf: alertSubject,
  empty: () => 'no alert',
  info: ({ rows }) => {
    const grave = rows.alerts.filter(({ severity }) => severity === 'critical').length;
    return grave > 0 ? span(`${grave} critical`, 'bad') : undefined;
  },
  columns: [
    {
      title: 'time',
      width: 8,
      priority: 4,
      cell: (alert) => span(clockText(alert.tsUs), 'dim'),
      sortBy: (alert) => alert.tsUs,
    },
    {
      title: 'severity',
      width: 8,
      priority: 3,
      cell: (alert) => span(alert.severity, STYLES[alert.severity]),
      sortBy: (alert) => GRAVITY[alert.severity],
    },
    {
      title: 'rule',
      width: 10,
      grow: 0.5,
      max: 24,
      priority: 5,
      cell: (alert) => span(alert.rule, 'dim'),
      sortBy: (alert) => alert.rule,
    },
    {
      title: 'about',
      width: 12,
      grow: 1,
      max: 46,
      priority: 2,
      cell: (alert) => alert.subject,
      sortBy: (alert) => alert.subject,
    },
    {
      title: 'what happened',
      width: 16,
      comfort: 30,
      grow: 4,
      priority: 1,
      cell: (alert) => span(alert.summary, alert.severity === 'info' ? 'text' : STYLES[alert.severity]),
      sortBy: (alert) => alert.summary,
    },
  ],
});
