// Bytes by step of a chart and slot of a name, only those that are there, in the order of steps. Owns growing.
// Bound: names of one step times steps.
const START_CELLS = 4096;

export class StackCells {
  #steps = new Int32Array(START_CELLS);
  #slots = new Int32Array(START_CELLS);
  /** Sent and received of a cell side by side. */
  #bytes = new Float64Array(START_CELLS * 2);
  #length = 0;
  #step = 0;
  /** By slot: its latest cell plus one; those up to #floor are of earlier steps. */
  readonly #latest: number[] = [];
  #floor = 0;

  /** What is added from now on belongs to this step; steps come in order. */
  openStep(step: number): void {
    if (step === this.#step) return;
    this.#step = step;
    this.#floor = this.#length;
  }

  add(slot: number, txBytes: number, rxBytes: number): void {
    while (this.#latest.length <= slot) this.#latest.push(0);
    let cell = this.#latest[slot]! - 1;
    if (cell < this.#floor) {
      cell = this.#newCell(slot);
      this.#latest[slot] = cell + 1;
    }
    this.#bytes[cell * 2]! += txBytes;
    this.#bytes[cell * 2 + 1]! += rxBytes;
  }

  visit(each: (step: number, slot: number, txBytes: number, rxBytes: number) => void): void {
    for (let cell = 0; cell < this.#length; cell++) {
      each(this.#steps[cell]!, this.#slots[cell]!, this.#bytes[cell * 2]!, this.#bytes[cell * 2 + 1]!);
    }
  }

  #newCell(slot: number): number {
    if (this.#length === this.#steps.length) this.#grow();
    const cell = this.#length++;
    this.#steps[cell] = this.#step;
    this.#slots[cell] = slot;
    return cell;
  }

  #grow(): void {
    const [steps, slots, bytes] = [this.#steps, this.#slots, this.#bytes];
    this.#steps = new Int32Array(steps.length * 2);
    this.#steps.set(steps);
    this.#slots = new Int32Array(slots.length * 2);
    this.#slots.set(slots);
    this.#bytes = new Float64Array(bytes.length * 2);
    this.#bytes.set(bytes);
  }
}
