// One MMDB file. Owns: opening it, and reading what several makers call the same thing. Bound: MAX_DATABASE_BYTES of memory.
// The format is MaxMind's (https://maxmind.github.io/MaxMind-DB/); the reader is mmdb-lib's, loaded when there is a file to read.
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Place } from '@kaipo/core/api/index.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { Reader, Response } from 'mmdb-lib';

/** The largest that are sold have about 200 MB; more is not read into memory for a label. */
export const MAX_DATABASE_BYTES = 512 * 1024 * 1024;
const MAX_NETWORK_NAME = 64;

export class PlaceDatabase {
  readonly path: string;
  readonly #reader: Reader<Response>;

  /** @throws Error that says why the file cannot be used. */
  constructor(path: string) {
    this.path = path;
    if (statSync(path).size > MAX_DATABASE_BYTES) throw new Error(`larger than ${MAX_DATABASE_BYTES} bytes`);
    const library = createRequire(import.meta.url)('mmdb-lib') as typeof import('mmdb-lib');
    this.#reader = new library.Reader<Response>(readFileSync(path));
    // A file that is cut short has its metadata, at the end, missing; one with a tree beyond its end is refused here as well.
    const { nodeCount, searchTreeSize } = this.#reader.metadata;
    if (!(nodeCount > 0) || !(searchTreeSize < statSync(path).size))
      throw new Error('its search tree is not in the file');
  }

  /** @param ip a public address. @throws what a damaged file makes the reader throw. */
  placeOf(ip: string): Place {
    const record = this.#reader.get(ip);
    return record === null || typeof record !== 'object' ? {} : placeOfRecord(record as Record<string, unknown>);
  }
}

/** MaxMind: autonomous_system_number, country.iso_code. DB-IP the same. IPinfo: asn "AS123", as_name, country_code. */
export function placeOfRecord(record: Record<string, unknown>): Place {
  const asn = asnOf(record['autonomous_system_number'] ?? record['asn']);
  const network = record['autonomous_system_organization'] ?? record['as_name'];
  const country =
    countryOf(record['country']) ?? countryOf(record['country_code']) ?? countryOf(record['registered_country']);
  return {
    ...(asn === undefined ? {} : { asn }),
    ...(typeof network === 'string' && network !== '' ? { network: safeText(network, MAX_NETWORK_NAME) } : {}),
    ...(country === undefined ? {} : { country }),
  };
}

function asnOf(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number(value.replace(/^AS/i, '')) : value;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 && number < 2 ** 32 ? number : undefined;
}

function countryOf(value: unknown): string | undefined {
  const code = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['iso_code'] : value;
  return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : undefined;
}
