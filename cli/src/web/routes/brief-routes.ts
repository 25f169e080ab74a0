// The brief for a language model over HTTP. Owns the address; names are pseudonyms unless the asker says otherwise.
import { exportPeriod } from '../../commands/export.js';
import { briefOf } from '../../export/brief-of.js';
import { FILTER_QUERY, type HistoryQuery, PERIOD_QUERY } from './history-query.js';
import { type HistoryRoute, historyRoute } from './history-route.js';

export const BRIEF_ROUTES: readonly HistoryRoute[] = [
  historyRoute<HistoryQuery & { readonly redact?: boolean }>({
    path: '/api/export/llm',
    summary: 'A brief for a language model: small, with its units and gaps',
    tag: 'Export',
    query: {
      ...PERIOD_QUERY,
      interface: FILTER_QUERY.interface,
      redact: { type: 'boolean', description: 'Names and addresses as keyed pseudonyms (default true)' },
    },
    isHeavy: true,
    type: 'text/markdown; charset=utf-8',
    periodOf: exportPeriod,
    answer: (history, { redact }) => briefOf(history, redact),
  }),
];
