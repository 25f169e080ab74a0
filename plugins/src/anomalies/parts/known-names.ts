// Which names were seen before, for rules about what is new. Owns: silence while it learns, and that names in a flood are neither told
// nor push out what was learned. Bound: `capacity` names of NAME_CHARS; full: one unused for STALE_US goes, else the new one is refused and
// counted.
import { BoundedTable } from './bounded-table.js';

const NAME_CHARS = 96;
const DAY_US = 86_400e6;
const STALE_US = 30 * DAY_US;

/** `learning`: new, and not to be told. `refused`: there is no room to remember it, so it would be new for ever. */
export type Novelty = 'known' | 'new' | 'learning' | 'refused';

interface Saved {
  readonly version: 1;
  readonly sinceUs: number;
  /** Names, and the day each was seen last. */
  readonly names: readonly (readonly [name: string, day: number])[];
}

export class KnownNames {
  readonly #learnsUs: number;
  /** Day of the last use, since the epoch. */
  readonly #names: BoundedTable<number>;
  #sinceUs: number | undefined;
  refused = 0;

  constructor(learnsUs: number, capacity: number) {
    this.#learnsUs = learnsUs;
    this.#names = new BoundedTable(capacity);
  }

  get size(): number {
    return this.#names.size;
  }

  /** Looked at for the first time then. */
  get sinceUs(): number | undefined {
    return this.#sinceUs;
  }

  /** Time goes on, also when nothing is seen. */
  begin(nowUs: number): void {
    this.#sinceUs ??= nowUs;
  }

  has(name: string): boolean {
    return this.#names.peek(name.slice(0, NAME_CHARS)) !== undefined;
  }

  meet(name: string, nowUs: number): Novelty {
    this.begin(nowUs);
    const key = name.slice(0, NAME_CHARS);
    const day = Math.floor(nowUs / DAY_US);
    const known = this.#names.peek(key);
    if (known !== undefined) {
      // The order of use matters by the day only.
      if (known !== day) this.#names.set(key, day);
      return 'known';
    }
    if (this.#names.size >= this.#names.capacity && !this.#hasStale(day)) {
      this.refused += 1;
      return 'refused';
    }
    this.#names.set(key, day);
    return nowUs - this.#sinceUs! < this.#learnsUs ? 'learning' : 'new';
  }

  save(): Saved {
    return { version: 1, sinceUs: this.#sinceUs ?? 0, names: this.#names.newest(this.#names.capacity) };
  }

  /** Data of `save`; anything else is ignored. */
  restore(saved: unknown): void {
    const { version, sinceUs, names } = (saved ?? {}) as Partial<Saved>;
    if (version !== 1 || !Number.isFinite(sinceUs) || !Array.isArray(names)) return;
    if (sinceUs! > 0) this.#sinceUs = sinceUs!;
    for (const entry of names.slice(-this.#names.capacity)) {
      if (!Array.isArray(entry) || typeof entry[0] !== 'string' || !Number.isFinite(entry[1])) continue;
      this.#names.set(entry[0].slice(0, NAME_CHARS), entry[1]);
    }
  }

  #hasStale(day: number): boolean {
    const [oldest] = this.#names.entries();
    return oldest !== undefined && (day - oldest[1]) * DAY_US > STALE_US;
  }
}
