// A map with a size: when it is full, what was used longest ago goes. Bound: `capacity` entries; keys are cut by who makes them.

export class BoundedTable<Value> {
  readonly capacity: number;
  readonly #entries = new Map<string, Value>();
  #forgotten = 0;
  #lastKey: string | undefined;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Entries that went because others needed the room. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** What is there, without using it. */
  peek(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  /** What is there; it is now the one used last. */
  use(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined || key === this.#lastKey) return value;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#lastKey = key;
    return value;
  }

  set(key: string, value: Value): void {
    if (this.#entries.size >= this.capacity && !this.#entries.has(key)) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest!);
      this.#forgotten += 1;
    }
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#lastKey = key;
  }

  /** What is there, else what `make` makes. */
  take(key: string, make: () => Value): Value {
    const known = this.use(key);
    if (known !== undefined) return known;
    const made = make();
    this.set(key, made);
    return made;
  }

  delete(key: string): boolean {
    if (this.#lastKey === key) this.#lastKey = undefined;
    return this.#entries.delete(key);
  }

  /** Used longest ago first. */
  entries(): IterableIterator<[string, Value]> {
    return this.#entries.entries();
  }

  /** For `save`: the `most` used last, oldest first. */
  newest(most: number): [string, Value][] {
    return [...this.#entries].slice(-most);
  }
}
