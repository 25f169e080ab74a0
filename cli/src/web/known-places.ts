// The database of countries that is open, for every question that needs it. Owns when it is looked for: it stays open until the settings of
// the plugin change; without one it is looked for with every question. Bound: one.
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { type CountryPlaces, countryPlaces } from '../plugins/country-places.js';

interface KnownPlaces {
  readonly settings: string;
  readonly places: CountryPlaces | undefined;
}

let known: KnownPlaces | undefined;

export async function knownPlaces({ plugins }: Pick<KaipoConfig, 'plugins'>): Promise<CountryPlaces | undefined> {
  const settings = JSON.stringify(plugins['applications'] ?? {});
  if (known?.places === undefined || known.settings !== settings) {
    known = { settings, places: await countryPlaces(plugins) };
  }
  return known.places;
}
