// The N numbers with the largest weight out of many, without keeping or sorting the many. Bound: 2 N entries.
export class LargestRows {
  readonly #keep: number;
  readonly #ids: number[] = [];
  readonly #weights = new Map<number, number>();
  #least = Number.NEGATIVE_INFINITY;

  constructor(keep: number) {
    this.#keep = keep;
  }

  offer(id: number, weight: number): void {
    if (this.#ids.length >= this.#keep && weight <= this.#least) return;
    this.#ids.push(id);
    this.#weights.set(id, weight);
    if (this.#ids.length >= this.#keep * 2) this.#cut();
  }

  /** Largest first; empties the collection. */
  take(): number[] {
    this.#cut();
    const ids = this.#ids.splice(0);
    this.#weights.clear();
    this.#least = Number.NEGATIVE_INFINITY;
    return ids;
  }

  #cut(): void {
    this.#ids.sort((a, b) => this.#weights.get(b)! - this.#weights.get(a)!);
    for (const id of this.#ids.splice(this.#keep)) this.#weights.delete(id);
    if (this.#ids.length === this.#keep) this.#least = this.#weights.get(this.#ids[this.#keep - 1]!)!;
  }
}
