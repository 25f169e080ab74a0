// With which countries: the remote hosts of a period summed by where they are registered. Owns the fields of the document, and what is
// said when no database of countries is installed.
import { queryCountries, queryTotals } from '@kaipo/core/query/history.js';
import type { CountryPlaces } from '../plugins/country-places.js';
import { documentHead } from './answer-head.js';
import type { HistoryContext } from './history-context.js';
import { periodNotes } from './period-notes.js';
import { sumFields } from './rows-answer.js';

const NO_DATABASE =
  'no database of countries (GeoLite2-Country, dbip-country, ipinfo; .mmdb) is in ~/.local/share/kaipo/geo or /usr/share/GeoIP';
const HOW_TO = 'kaipo config set plugins.applications.country_file FILE';

/** `places`: undefined when there is no database. Largest first; `unplaced`: on the internet, in no country that is known. */
export function countriesAnswer(context: HistoryContext, places: CountryPlaces | undefined): object {
  const { store, range, filter } = context;
  const totals = queryTotals(store, range, filter);
  const head = documentHead('countries', context, totals);
  if (places === undefined) {
    return { ...head, available: false, detail: NO_DATABASE, fix: HOW_TO };
  }
  const { countries, unplaced, total } = queryCountries(store, range, (ip) => places.placeOf(ip), filter);
  const problem = places.problem();
  if (problem !== undefined) return { ...head, available: false, detail: problem, fix: HOW_TO };
  const nameOf = new Intl.DisplayNames(['en'], { type: 'region' });
  return {
    ...head,
    available: true,
    rows: countries.map(({ country, hosts, ...sums }) => ({
      country,
      name: nameOf.of(country) ?? country,
      hosts,
      ...sumFields(sums),
    })),
    unplaced: { hosts: unplaced.hosts, ...sumFields(unplaced) },
    total: sumFields(total),
    notes: periodNotes(context, totals),
  };
}
