// Sums by name as counters that never go back: the first names that come have a slot for good, all later ones share "other". So there are
// never more series than slots, and none ever loses what it had, as one would that left a list of the largest. Must not know whose names.
// Bound: `slots`, and the one for the rest.
export interface SentReceived {
  txBytes: number;
  rxBytes: number;
}

export const OTHER = 'other';

export class SlotSums {
  readonly #slots: number;
  readonly #sums = new Map<string, SentReceived>();
  /** Times a name found no slot. */
  refused = 0;

  constructor(slots: number) {
    this.#slots = slots;
  }

  add(name: string, { txBytes, rxBytes }: Readonly<SentReceived>): void {
    const sums = this.#sums.get(name) ?? this.#slot(name);
    // What was told is never taken back.
    sums.txBytes += Math.max(0, txBytes);
    sums.rxBytes += Math.max(0, rxBytes);
  }

  entries(): Iterable<readonly [name: string, sums: Readonly<SentReceived>]> {
    return this.#sums.entries();
  }

  #slot(name: string): SentReceived {
    const isOther = name === OTHER;
    const taken = this.#sums.size - (this.#sums.has(OTHER) ? 1 : 0);
    const slot = isOther || taken < this.#slots ? name : OTHER;
    if (slot !== name) this.refused += 1;
    const known = this.#sums.get(slot);
    if (known !== undefined) return known;
    const sums = { txBytes: 0, rxBytes: 0 };
    this.#sums.set(slot, sums);
    return sums;
  }
}
