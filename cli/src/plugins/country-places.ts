// Countries of addresses, for questions to history: the databases that the applications plugin uses, without the plugin. Owns: whether
// there is one, and what is said when there is none. Bound: see plugins/src/applications/places.ts.
import type { Place } from '@kaipo/core/api/classifier.js';
import type { PluginTables } from './plugin-set.js';

const ANY_PUBLIC_ADDRESS = '1.1.1.1';

export interface CountryPlaces {
  placeOf(ip: string): Place | undefined;
  /** Why the database that is there cannot be used. */
  problem(): string | undefined;
}

/** Undefined: there is no database, or the settings want none. Loads what reads them only when there is one. */
export async function countryPlaces(tables: PluginTables): Promise<CountryPlaces | undefined> {
  const table = tables['applications'] ?? {};
  if (table['enabled'] === false || table['places'] === false) return undefined;
  const { placeFilesOf } = await import('@kaipo/plugins/applications/place-files.js');
  const named = table['country_file'];
  const { country } = placeFilesOf(typeof named === 'string' ? { country: named } : {});
  if (country === undefined) return undefined;
  const { Places } = await import('@kaipo/plugins/applications/places.js');
  let why: string | undefined;
  const places = new Places({ country }, (text) => {
    why = text;
  });
  // A database is opened at the first public address: whether it can be used is worth knowing before that.
  places.placeOf(ANY_PUBLIC_ADDRESS);
  return { placeOf: (ip) => places.placeOf(ip), problem: () => why };
}
