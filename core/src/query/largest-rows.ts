// The N items with the largest weight out of many, without keeping or sorting the many. Bound: 2 N entries.
export class LargestRows<Item = number> {
  readonly #keep: number;
  readonly #entries: { readonly item: Item; readonly weight: number }[] = [];
  #least = Number.NEGATIVE_INFINITY;

  constructor(keep: number) {
    this.#keep = keep;
  }

  /** False: an item of this weight need not be made, nobody would keep it. */
  wouldKeep(weight: number): boolean {
    return this.#entries.length < this.#keep || weight > this.#least;
  }

  offer(item: Item, weight: number): void {
    if (!this.wouldKeep(weight)) return;
    this.#entries.push({ item, weight });
    if (this.#entries.length >= this.#keep * 2) this.#cut();
  }

  /** Largest first; empties the collection. */
  take(): Item[] {
    this.#cut();
    this.#least = Number.NEGATIVE_INFINITY;
    return this.#entries.splice(0).map(({ item }) => item);
  }

  #cut(): void {
    this.#entries.sort((a, b) => b.weight - a.weight);
    this.#entries.length = Math.min(this.#entries.length, this.#keep);
    if (this.#entries.length === this.#keep) this.#least = this.#entries.at(-1)?.weight ?? Number.POSITIVE_INFINITY;
  }
}
