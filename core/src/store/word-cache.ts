// Ids of words seen lately. Owns two generations: what was not asked for while the newer one filled up is forgotten.
// Bound: twice MAX_CACHED_NAMES words.
import { MAX_CACHED_NAMES } from './store-limits.js';

export class WordCache {
  #newer = new Map<string, number>();
  #older = new Map<string, number>();

  get(word: string): number | undefined {
    const found = this.#newer.get(word);
    if (found !== undefined) return found;
    const older = this.#older.get(word);
    if (older !== undefined) this.set(word, older);
    return older;
  }

  set(word: string, id: number): void {
    if (this.#newer.size >= MAX_CACHED_NAMES) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(word, id);
  }

  clear(): void {
    this.#newer.clear();
    this.#older.clear();
  }
}
