// How often somebody may do something: a bucket of so many, filled again at a rate. Owns buckets and how long to wait. Must not know who
// or what. Bound: MAX_KEYS buckets; when there is no room the one that was made longest ago goes, and is counted.

const MAX_KEYS = 4096;
const MS_PER_S = 1000;

interface Bucket {
  left: number;
  atMs: number;
}

export class RateTable {
  readonly #buckets = new Map<string, Bucket>();
  /** Buckets that made room for others, since start. */
  evicted = 0;

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one. 0: it was there; else the seconds to wait until there is one. */
  take(key: string, perSecond: number, burst: number, nowMs: number): number {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= MAX_KEYS) {
        this.#buckets.delete(this.#buckets.keys().next().value!);
        this.evicted += 1;
      }
      bucket = { left: burst, atMs: nowMs };
      this.#buckets.set(key, bucket);
    }
    const gained = (Math.max(0, nowMs - bucket.atMs) / MS_PER_S) * perSecond;
    bucket.left = Math.min(burst, bucket.left + gained);
    bucket.atMs = nowMs;
    if (bucket.left >= 1) {
      bucket.left -= 1;
      return 0;
    }
    return (1 - bucket.left) / perSecond;
  }
}
