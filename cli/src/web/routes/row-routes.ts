// Rows by name: applications, hosts, protocols, interfaces, zones, flows, names. Owns which command's answer each address gives, and the
// orders of each.
import { appsAnswer } from '../../commands/apps.js';
import { dnsAnswer, NAME_SORTS } from '../../commands/dns.js';
import { FLOW_SORTS, flowsAnswer } from '../../commands/flows.js';
import { hostsAnswer } from '../../commands/hosts.js';
import { interfacesAnswer } from '../../commands/interfaces.js';
import { protocolsAnswer } from '../../commands/protocols.js';
import { zonesAnswer } from '../../commands/zones.js';
import { ROW_SORTS, type RowOptions } from '../../history/asked-rows.js';
import { askedOr, type HistoryAnswer, type HistoryContext } from '../../history/history-context.js';
import { withCountries } from '../../history/host-countries.js';
import { knownPlaces } from '../known-places.js';
import { FILTER_QUERY, type HistoryQuery, PAGE_QUERY, PERIOD_QUERY, type Schema } from './history-query.js';
import { type HistoryRoute, historyRoute } from './history-route.js';

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

const rows = (
  path: string,
  summary: string,
  ask: (history: HistoryContext, options: RowOptions) => HistoryAnswer,
): HistoryRoute => ({
  path,
  summary,
  tag: TAG,
  query: { ...PERIOD_QUERY, ...FILTER_QUERY, ...PAGE_QUERY, sort: sortBy(Object.keys(ROW_SORTS)) },
  isHeavy: true,
  periodOf: LAST_DAY,
  answer: (history, query) => ask(history, query).document,
});

const { name: _, ...FLOW_PAGE } = PAGE_QUERY;

export const ROW_ROUTES: readonly HistoryRoute[] = [
  rows('/api/apps', 'Applications: who moved how much, how that is known, and what is not known', appsAnswer),
  {
    ...rows('/api/hosts', 'Remote hosts, with the names they were seen under', hostsAnswer),
    answer: async (history, query) =>
      withCountries(hostsAnswer(history, query).document, await knownPlaces(history.config)),
  },
  rows('/api/protocols', 'Protocols, as far as they were recognised', protocolsAnswer),
  rows('/api/interfaces', 'Interfaces: what the kernel counted', interfacesAnswer),
  {
    path: '/api/zones',
    summary: 'How much stayed in this host, in the local networks, and how much went beyond them',
    tag: TAG,
    query: { ...PERIOD_QUERY, ...FILTER_QUERY },
    periodOf: LAST_DAY,
    answer: (history) => zonesAnswer(history).document,
  },
  {
    path: '/api/dns',
    summary: 'Names that were asked for, and what was answered',
    tag: TAG,
    // Questions are not asked of an interface or a zone.
    query: { ...PERIOD_QUERY, ...PAGE_QUERY, sort: sortBy(NAME_SORTS) },
    isHeavy: true,
    periodOf: LAST_DAY,
    answer: (history, query) => dnsAnswer(history, query).document,
  },
  historyRoute<FlowQuery>({
    path: '/api/flows',
    summary: 'Flows that ended in the period',
    tag: TAG,
    query: {
      ...PERIOD_QUERY,
      ...FILTER_QUERY,
      ...FLOW_PAGE,
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
    isHeavy: true,
    periodOf: LAST_DAY,
    answer: (history, query) => {
      const { filter: filterText, ...options } = query;
      return flowsAnswer(history, { ...options, ...(filterText !== undefined && { filterText }) }).document;
    },
  }),
];
