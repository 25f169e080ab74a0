// Network and country of an address. Owns: which databases are asked, and what was answered lately. Must not know: flows.
// Bound: two databases in memory, opened at the first public address; CACHE_ADDRESSES answers, twice.
import type { Place } from '@kaipo/core/api/index.js';
import { PlaceDatabase } from './place-database.js';
import type { PlaceFiles } from './place-files.js';
import { isPublicAddress } from './public-address.js';
import { RecentAnswers } from './recent-answers.js';

const CACHE_ADDRESSES = 8_192;

export class Places {
  readonly #files: PlaceFiles;
  readonly #onProblem: (text: string) => void;
  #databases: PlaceDatabase[] | undefined;
  /** null: asked, and nothing is known. */
  readonly #answers = new RecentAnswers<Place | null>(CACHE_ADDRESSES, (ip) => this.#lookUp(ip) ?? null);

  /** `onProblem` is told once about each database that cannot be used; the run goes on without it. */
  constructor(files: PlaceFiles, onProblem: (text: string) => void) {
    this.#files = files;
    this.#onProblem = onProblem;
  }

  /** Undefined: private, unknown, or no database. */
  placeOf(ip: string): Place | undefined {
    if (this.#databases?.length === 0) return undefined;
    return this.#answers.to(ip) ?? undefined;
  }

  #lookUp(ip: string): Place | undefined {
    if (!isPublicAddress(ip)) return undefined;
    this.#databases ??= this.#open();
    let place: Place = {};
    for (const database of this.#databases) {
      try {
        place = { ...place, ...database.placeOf(ip) };
      } catch (error) {
        this.#databases = this.#databases.filter((other) => other !== database);
        this.#report(database.path, error);
      }
    }
    return Object.keys(place).length === 0 ? undefined : place;
  }

  #open(): PlaceDatabase[] {
    const paths = new Set([this.#files.country, this.#files.asn].filter((path) => path !== undefined));
    return [...paths].flatMap((path) => {
      try {
        return [new PlaceDatabase(path)];
      } catch (error) {
        this.#report(path, error);
        return [];
      }
    });
  }

  #report(path: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#onProblem(`${path} cannot be used and is left out: ${why}`);
  }
}
