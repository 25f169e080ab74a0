// Traffic by the country of the remote host. Must not know lmdb, nor where countries come from: whoever asks brings that. Bound: the
// hosts of the period while they are summed, a row a country as the answer.
import type { Place } from '../api/classifier.js';
import type { Mutable } from '../kernel/mutable.js';
import type { Store } from '../store/store.js';
import type { Filter, FlowSums } from './history-answers.js';
import { queryBy } from './history-rows.js';
import type { TimeRange } from './time-range.js';

const MAX_HOSTS = 262_144;

export interface CountryRow extends FlowSums {
  /** ISO 3166, two letters. */
  readonly country: string;
  readonly hosts: number;
}

export interface CountrySums {
  /** Largest first. */
  readonly countries: readonly CountryRow[];
  /** On the internet, in no country that is known, with what the store itself summed as "other". */
  readonly unplaced: FlowSums & { readonly hosts: number };
  readonly total: FlowSums;
}

type Sums = Mutable<FlowSums> & { hosts: number };

/** Of the internet alone: what is local is in no country. A filter of another zone finds nothing. */
export function queryCountries(
  store: Store,
  range: TimeRange,
  placeOf: (ip: string) => Place | undefined,
  filter?: Filter,
): CountrySums {
  const byCountry = new Map<string, Sums>();
  const unplaced = nothing();
  const total = nothing();
  if (filter?.zone === undefined || filter.zone === 'internet') {
    const question = { limit: MAX_HOSTS, filter: { ...filter, zone: 'internet' as const } };
    const { rows, other } = queryBy(store, 'host', range, question);
    for (const row of rows) {
      const country = placeOf(row.name)?.country;
      const into = country === undefined ? unplaced : known(byCountry, country);
      add(into, row);
      into.hosts += 1;
      add(total, row);
    }
    if (other !== undefined) for (const sums of [unplaced, total]) add(sums, other);
  }
  const countries = [...byCountry].map(([country, sums]) => ({ country, ...sums }));
  countries.sort((left, right) => right.txBytes + right.rxBytes - left.txBytes - left.rxBytes);
  const { hosts: _, ...whole } = total;
  return { countries, unplaced, total: whole };
}

function known(byCountry: Map<string, Sums>, country: string): Sums {
  const present = byCountry.get(country);
  if (present !== undefined) return present;
  const made = nothing();
  byCountry.set(country, made);
  return made;
}

const nothing = (): Sums => ({ txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flows: 0, hosts: 0 });

function add(into: Mutable<FlowSums>, row: FlowSums): void {
  into.txBytes += row.txBytes;
  into.rxBytes += row.rxBytes;
  into.txPackets += row.txPackets;
  into.rxPackets += row.rxPackets;
  into.flows += row.flows;
}
