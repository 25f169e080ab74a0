// Names applications, and the networks and countries of addresses. Owns: the settings and putting the parts together.
import { accessSync, constants } from 'node:fs';
import { definePlugin } from '@kaipo/core/api/index.js';
import { ApplicationClassifier } from './application-classifier.js';
import { type PlaceFiles, placeFilesOf } from './place-files.js';
import { Places } from './places.js';
import type { ServiceBook } from './service-book.js';
import { builtinBook, readServiceBook } from './service-sources.js';

export interface ApplicationsConfig {
  /** Services of the user's, read at the start; they go before the built-in ones. */
  readonly book?: ServiceBook;
  /** Databases that the user named; absent: they are looked for. */
  readonly asnFile?: string;
  readonly countryFile?: string;
  readonly usesDnsNames: boolean;
  /** False: no database is looked for or read. */
  readonly usesPlaces: boolean;
}

const KEYS = ['file', 'asn_file', 'country_file', 'dns_names', 'places'];

export const applicationsPlugin = definePlugin<ApplicationsConfig>({
  name: 'applications',
  apiVersion: 1,
  description: 'Applications by name, certificate, program and network; networks and countries of addresses',
  parseConfig,
  register(registry, config) {
    const places = config.usesPlaces ? new Places(namedFiles(config), warn) : undefined;
    let books: readonly ServiceBook[] | undefined;
    registry.classifier(
      new ApplicationClassifier({
        books: () => (books ??= [...(config.book === undefined ? [] : [config.book]), builtinBook()]),
        ...(places === undefined ? {} : { placeOf: (ip: string) => places.placeOf(ip) }),
        usesDnsNames: config.usesDnsNames,
      }),
    );
  },
});

/** Databases that the settings name; the others are looked for. */
const namedFiles = ({ asnFile, countryFile }: ApplicationsConfig): PlaceFiles =>
  placeFilesOf({
    ...(asnFile === undefined ? {} : { asn: asnFile }),
    ...(countryFile === undefined ? {} : { country: countryFile }),
  });

/** To stderr, once for each database. */
const warn = (text: string): void => process.emitWarning(text, { type: 'kaipo' });

function parseConfig(raw: unknown): ApplicationsConfig {
  const table = (raw ?? {}) as Record<string, unknown>;
  for (const key of Object.keys(table))
    if (!KEYS.includes(key)) throw new Error(`applications: unknown key "${key}" (known: ${KEYS.join(', ')})`);
  const file = pathOf(table, 'file');
  const asnFile = pathOf(table, 'asn_file');
  const countryFile = pathOf(table, 'country_file');
  return Object.freeze({
    ...(file === undefined ? {} : { book: readServiceBook(file) }),
    ...(asnFile === undefined ? {} : { asnFile }),
    ...(countryFile === undefined ? {} : { countryFile }),
    usesDnsNames: flagOf(table, 'dns_names'),
    usesPlaces: flagOf(table, 'places'),
  });
}

/** A file that is named must be there; one that is looked for need not. */
function pathOf(table: Record<string, unknown>, key: string): string | undefined {
  const path = table[key];
  if (path === undefined) return undefined;
  if (typeof path !== 'string' || path === '') throw new Error(`applications: ${key} must be the path of a file`);
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new Error(`applications: ${key} "${path}" cannot be read: ${(error as Error).message}`);
  }
  return path;
}

function flagOf(table: Record<string, unknown>, key: string): boolean {
  const value = table[key] ?? true;
  if (typeof value !== 'boolean') throw new Error(`applications: ${key} must be true or false`);
  return value;
}
