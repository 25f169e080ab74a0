// Long looks: a year in review, the hours of the week, countries. Owns which answer each address gives.
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { countriesAnswer } from '../../history/countries-answer.js';
import { heatMapAnswer } from '../../history/heat-map-answer.js';
import { askedOr, type PeriodOf } from '../../history/history-context.js';
import { yearAnswer } from '../../history/year-answer.js';
import { type CountryPlaces, countryPlaces } from '../../plugins/country-places.js';
import { FILTER_QUERY, type HistoryQuery, PERIOD_QUERY } from './history-query.js';
import { type HistoryRoute, historyRoute } from './history-route.js';

const TAG = 'History';
const FIRST_YEAR = 1970;
const LAST_YEAR = 2200;

/** The answer takes the whole year that was asked for. */
const thisYear: PeriodOf = (_, __, nowUs) => ({ fromUs: 0, toUs: nowUs });

const places = { known: undefined as KnownPlaces | undefined };

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
    answer: async (history) => countriesAnswer(history, await placesOf(history.config)),
  },
];

interface KnownPlaces {
  readonly settings: string;
  readonly places: CountryPlaces | undefined;
}

/** A database stays open until the settings of the plugin change; without one it is looked for with every question. */
async function placesOf({ plugins }: KaipoConfig): Promise<CountryPlaces | undefined> {
  const settings = JSON.stringify(plugins['applications'] ?? {});
  if (places.known?.places === undefined || places.known.settings !== settings) {
    places.known = { settings, places: await countryPlaces(plugins) };
  }
  return places.known.places;
}
