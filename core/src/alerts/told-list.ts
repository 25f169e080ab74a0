// What was said and not yet handed over to who delivers it. Owns the bound: MAX_TELLINGS; the oldest that is not critical goes first, counted.
import type { Telling } from './alert-changes.js';

export const MAX_TELLINGS = 1024;

export class ToldList {
  #tellings: readonly Telling[];
  /** Tellings nobody will deliver: too many waited. */
  lost = 0;

  constructor(tellings: readonly Telling[] = []) {
    this.#tellings = tellings.slice(-MAX_TELLINGS);
  }

  get list(): readonly Telling[] {
    return this.#tellings;
  }

  add(telling: Telling): void {
    if (this.#tellings.length >= MAX_TELLINGS) {
      const least = this.#tellings.findIndex(({ incidents }) => incidents.every((one) => one.severity !== 'critical'));
      this.#tellings = this.#tellings.toSpliced(Math.max(0, least), 1);
      this.lost += 1;
    }
    this.#tellings = [...this.#tellings, telling];
  }

  /** They are somebody else's now. Answers whether any of them was here. */
  remove(ids: ReadonlySet<string>): boolean {
    const kept = this.#tellings.filter(({ id }) => !ids.has(id));
    const isChanged = kept.length < this.#tellings.length;
    this.#tellings = kept;
    return isChanged;
  }
}
