// Ids of names seen lately, without making a new text for every question. Owns two generations: what was not asked for while the
// newer one filled up is forgotten. Bound: twice MAX_CACHED_NAMES names of all kinds together.
import type { SeriesName } from './series-kind.js';
import { MAX_CACHED_NAMES } from './store-limits.js';

interface Entry {
  readonly parts: SeriesName;
  readonly id: number;
  /** Another one of the same first word. */
  readonly next: Entry | undefined;
}

export class NameCache {
  #newer = new Map<string, Entry>();
  #older = new Map<string, Entry>();
  #count = 0;

  get(name: SeriesName): number | undefined {
    const found = find(this.#newer.get(name.name), name);
    if (found !== undefined) return found;
    const older = find(this.#older.get(name.name), name);
    if (older !== undefined) this.set(name, older);
    return older;
  }

  set({ name, exe, user, unit, container, class: klass }: SeriesName, id: number): void {
    if (this.#count >= MAX_CACHED_NAMES) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#count = 0;
    }
    const parts = { name, exe, user, unit, container, class: klass } as SeriesName;
    this.#newer.set(name, { parts, id, next: this.#newer.get(name) });
    this.#count += 1;
  }

  clear(): void {
    this.#newer.clear();
    this.#older.clear();
    this.#count = 0;
  }
}

/** Names of one word are few: a walk is enough. */
const LONGEST_WALK = 64;

function find(first: Entry | undefined, name: SeriesName): number | undefined {
  let entry = first;
  for (let steps = 0; entry !== undefined && steps < LONGEST_WALK; steps++) {
    const { parts } = entry;
    if (
      parts.exe === name.exe &&
      parts.user === name.user &&
      parts.unit === name.unit &&
      parts.container === name.container &&
      parts.class === name.class
    ) {
      return entry.id;
    }
    entry = entry.next;
  }
  return undefined;
}
