// The country of each host of an answer, where a database of countries is installed. Owns the one field it adds.
import type { CountryPlaces } from '../plugins/country-places.js';

interface HostDocument {
  readonly rows: readonly { readonly host: string; readonly zone?: string }[];
}

/** Only hosts on the internet are in a country. */
export function withCountries(document: object, places: CountryPlaces | undefined): object {
  if (places === undefined) return document;
  const { rows } = document as HostDocument;
  return {
    ...document,
    rows: rows.map((row) => {
      const country = row.zone === 'internet' ? places.placeOf(row.host)?.country : undefined;
      return country === undefined ? row : { ...row, country };
    }),
  };
}
