// Long looks: a year in review, the hours of the week, countries. Owns which answer each address gives.
import type { FastifyInstance } from 'fastify';
import { countriesAnswer } from '../../history/countries-answer.js';
import { heatMapAnswer } from '../../history/heat-map-answer.js';
import { askedOr, type PeriodOf } from '../../history/history-context.js';
import { yearAnswer } from '../../history/year-answer.js';
import { type CountryPlaces, countryPlaces } from '../../plugins/country-places.js';
import type { WebContext } from '../web-context.js';
import { FILTER_QUERY, type HistoryQuery, PERIOD_QUERY } from './history-query.js';
import { addHistoryRoute } from './history-route.js';

const TAG = 'History';
const FIRST_YEAR = 1970;
const LAST_YEAR = 2200;

/** The answer takes the whole year that was asked for. */
const thisYear: PeriodOf = (_, __, nowUs) => ({ fromUs: 0, toUs: nowUs });

export function addYearRoutes(app: FastifyInstance, context: WebContext): void {
  const places = new PlacesOfSettings(context);
  addHistoryRoute<HistoryQuery & { readonly year?: number }>(app, context, {
    path: '/api/year',
    summary: 'A year in review',
    description:
      'Its months and days, the busiest of them, the hours of the week, who moved most, zones, the year before, and what it is as much as.',
    tag: TAG,
    query: {
      ...FILTER_QUERY,
      year: { type: 'integer', minimum: FIRST_YEAR, maximum: LAST_YEAR, description: 'YYYY; without it this year' },
    },
    periodOf: thisYear,
    answer: (history, { year }) => yearAnswer(history, year ?? new Date(history.nowUs / 1000).getFullYear()),
  });
  addHistoryRoute(app, context, {
    path: '/api/heat-map',
    summary: 'By weekday and hour of the local clock',
    tag: TAG,
    query: { ...PERIOD_QUERY, ...FILTER_QUERY },
    periodOf: askedOr('last 30 days'),
    answer: heatMapAnswer,
  });
  addHistoryRoute(app, context, {
    path: '/api/countries',
    summary: 'By the country of the remote host, where a database of countries is installed',
    tag: TAG,
    query: { ...PERIOD_QUERY, ...FILTER_QUERY },
    periodOf: askedOr('last 24 hours'),
    answer: async (history) => countriesAnswer(history, await places.get()),
  });
}

/** A database stays open until the settings of the plugin change; without one it is looked for with every question. */
class PlacesOfSettings {
  readonly #context: WebContext;
  #settings: string | undefined;
  #places: CountryPlaces | undefined;

  constructor(context: WebContext) {
    this.#context = context;
  }

  async get(): Promise<CountryPlaces | undefined> {
    const { plugins } = this.#context.settings().config;
    const settings = JSON.stringify(plugins['applications'] ?? {});
    if (this.#places === undefined || this.#settings !== settings) {
      this.#places = await countryPlaces(plugins);
      this.#settings = settings;
    }
    return this.#places;
  }
}
