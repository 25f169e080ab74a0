// Long looks: a year in review, the hours of the week, countries. Owns which answer each address gives.
import { countriesAnswer } from '../../history/countries-answer.js';
import { heatMapAnswer } from '../../history/heat-map-answer.js';
import { askedOr, type PeriodOf } from '../../history/history-context.js';
import { yearAnswer } from '../../history/year-answer.js';
import { knownPlaces } from '../known-places.js';
import { FILTER_QUERY, type HistoryQuery, PERIOD_QUERY } from './history-query.js';
import { type HistoryRoute, historyRoute } from './history-route.js';

const TAG = 'History';
const FIRST_YEAR = 1970;
const LAST_YEAR = 2200;

/** The answer takes the whole year that was asked for. */
const thisYear: PeriodOf = (_, __, nowUs) => ({ fromUs: 0, toUs: nowUs });

export const YEAR_ROUTES: readonly HistoryRoute[] = [
  historyRoute<HistoryQuery & { readonly year?: number }>({
    path: '/api/year',
    summary: 'A year in review',
    description:
      'Its months and days, the busiest of them, the hours of the week, who moved most, zones, the year before, and what it is as much as.',
    tag: TAG,
    query: {
      ...FILTER_QUERY,
      year: { type: 'integer', minimum: FIRST_YEAR, maximum: LAST_YEAR, description: 'YYYY; without it this year' },
    },
    isHeavy: true,
    periodOf: thisYear,
    answer: (history, { year }) => yearAnswer(history, year ?? new Date(history.nowUs / 1000).getFullYear()),
  }),
  {
    path: '/api/heat-map',
    summary: 'By weekday and hour of the local clock',
    tag: TAG,
    query: { ...PERIOD_QUERY, ...FILTER_QUERY },
    isHeavy: true,
    periodOf: askedOr('last 30 days'),
    answer: heatMapAnswer,
  },
  {
    path: '/api/countries',
    summary: 'By the country of the remote host, where a database of countries is installed',
    tag: TAG,
    query: { ...PERIOD_QUERY, ...FILTER_QUERY },
    isHeavy: true,
    periodOf: askedOr('last 24 hours'),
    answer: async (history) => countriesAnswer(history, await knownPlaces(history.config)),
  },
];
