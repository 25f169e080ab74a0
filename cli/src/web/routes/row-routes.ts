// Rows by name: applications, hosts, protocols, interfaces, zones, flows, names. Owns which command's answer each address gives, and the
// orders of each.
import type { FastifyInstance } from 'fastify';
import { appsAnswer } from '../../commands/apps.js';
import { dnsAnswer, NAME_SORTS } from '../../commands/dns.js';
import { FLOW_SORTS, flowsAnswer } from '../../commands/flows.js';
import { hostsAnswer } from '../../commands/hosts.js';
import { interfacesAnswer } from '../../commands/interfaces.js';
import { protocolsAnswer } from '../../commands/protocols.js';
import { zonesAnswer } from '../../commands/zones.js';
import { ROW_SORTS, type RowOptions } from '../../history/asked-rows.js';
import { askedOr, type HistoryAnswer, type HistoryContext } from '../../history/history-context.js';
import type { WebContext } from '../web-context.js';
import { FILTER_QUERY, type HistoryQuery, PAGE_QUERY, PERIOD_QUERY, type Schema } from './history-query.js';
import { addHistoryRoute } from './history-route.js';

const LAST_DAY = askedOr('last 24 hours');
const TAG = 'Who and what';

const text = (description: string): Schema => ({ type: 'string', minLength: 1, maxLength: 256, description });
const sortBy = (words: readonly string[]): Schema => ({
  type: 'string',
  enum: [...words],
  description: 'Largest first',
});

interface FlowQuery extends HistoryQuery {
  readonly filter?: string;
  readonly app?: string;
  readonly host?: string;
  readonly protocol?: string;
}

export function addRowRoutes(app: FastifyInstance, web: WebContext): void {
  const rows = (
    path: string,
    summary: string,
    ask: (history: HistoryContext, options: RowOptions) => HistoryAnswer,
    sorts: readonly string[] = Object.keys(ROW_SORTS),
  ): void =>
    addHistoryRoute(app, web, {
      path,
      summary,
      tag: TAG,
      query: { ...PERIOD_QUERY, ...FILTER_QUERY, ...PAGE_QUERY, sort: sortBy(sorts) },
      periodOf: LAST_DAY,
      answer: (history, query) => ask(history, query).document,
    });
  rows('/api/apps', 'Applications: who moved how much, how that is known, and what is not known', appsAnswer);
  rows('/api/hosts', 'Remote hosts, with the names they were seen under', hostsAnswer);
  rows('/api/protocols', 'Protocols, as far as they were recognised', protocolsAnswer);
  rows('/api/interfaces', 'Interfaces: what the kernel counted', interfacesAnswer);
  addDns(app, web);
  addFlows(app, web);
  addHistoryRoute(app, web, {
    path: '/api/zones',
    summary: 'How much stayed in this host, in the local networks, and how much went beyond them',
    tag: TAG,
    query: { ...PERIOD_QUERY, ...FILTER_QUERY },
    periodOf: LAST_DAY,
    answer: (history) => zonesAnswer(history).document,
  });
}

/** Questions are not asked of an interface or a zone. */
function addDns(app: FastifyInstance, web: WebContext): void {
  addHistoryRoute(app, web, {
    path: '/api/dns',
    summary: 'Names that were asked for, and what was answered',
    tag: TAG,
    query: { ...PERIOD_QUERY, ...PAGE_QUERY, sort: sortBy(NAME_SORTS) },
    periodOf: LAST_DAY,
    answer: (history, query) => dnsAnswer(history, query).document,
  });
}

function addFlows(app: FastifyInstance, web: WebContext): void {
  const { name: _, ...page } = PAGE_QUERY;
  addHistoryRoute<FlowQuery>(app, web, {
    path: '/api/flows',
    summary: 'Flows that ended in the period',
    tag: TAG,
    query: {
      ...PERIOD_QUERY,
      ...FILTER_QUERY,
      ...page,
      sort: sortBy(FLOW_SORTS),
      filter: {
        type: 'string',
        minLength: 1,
        maxLength: 1024,
        description: 'In the filter language: app:curl and bytes > 1MB, not host:10.0.0.0/8; see kaipo flows --help',
      },
      app: text('Owner or recognised application with this in the name'),
      host: text('An address of either side, or a part of the name of the server'),
      protocol: text('The recognised protocol, or the transport'),
    },
    periodOf: LAST_DAY,
    answer: (history, query) => {
      const { filter: filterText, ...options } = query;
      return flowsAnswer(history, { ...options, ...(filterText !== undefined && { filterText }) }).document;
    },
  });
}
