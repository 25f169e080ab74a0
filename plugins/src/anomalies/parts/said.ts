// Who was told of when, so that what goes on is not found a thousand times. Bound: 4,096 keys, the one said longest ago goes.
import { BoundedTable } from './bounded-table.js';

const KEYS = 4_096;

export class Said {
  readonly #atUs = new BoundedTable<number>(KEYS);
  readonly #everyUs: number;

  /** The same is said again after `everyUs` at the earliest: so an incident knows that it goes on. */
  constructor(everyUs: number) {
    this.#everyUs = everyUs;
  }

  /** True, and it counts as said: nobody was told of `key` for a while. A clock set back begins anew. */
  may(key: string, nowUs: number): boolean {
    const lastUs = this.#atUs.peek(key);
    if (lastUs !== undefined && nowUs - lastUs < this.#everyUs && nowUs >= lastUs - this.#everyUs) return false;
    this.#atUs.set(key, nowUs);
    return true;
  }
}
