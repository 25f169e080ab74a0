// Memory for the blocks of one transaction: made once, used again by the next. Owns two slabs; a block that outlives the
// transaction is copied out of them (chunk-store.ts). Bound: what one transaction needs; after a large one it starts small again.
import { RowBlock } from './row-block.js';

const LEAST_VALUES = 16_384;
const MOST_KEPT_VALUES = 131_072;

export class RowArena {
  #codes = new Uint32Array(LEAST_VALUES);
  #values = new Float64Array(LEAST_VALUES);
  #codeAt = 0;
  #valueAt = 0;
  #slabs = new Set<Float64Array>([this.#values]);

  /** A block to be filled by the caller. */
  take(length: number, columns: number): RowBlock {
    if (this.#valueAt + length * columns > this.#values.length || this.#codeAt + length * 2 > this.#codes.length) {
      this.#nextSlab(Math.max(length * columns, length * 2));
    }
    const block = new RowBlock(length, this.#codes, this.#codeAt, this.#values, this.#valueAt);
    this.#codeAt += length * 2;
    this.#valueAt += length * columns;
    return block;
  }

  holds(block: RowBlock): boolean {
    return this.#slabs.has(block.values);
  }

  /** Everything taken is over. */
  reset(): void {
    if (this.#values.length > MOST_KEPT_VALUES) {
      this.#codes = new Uint32Array(LEAST_VALUES);
      this.#values = new Float64Array(LEAST_VALUES);
    }
    this.#slabs = new Set([this.#values]);
    this.#codeAt = 0;
    this.#valueAt = 0;
  }

  #nextSlab(values: number): void {
    const size = Math.max(this.#values.length * 2, values);
    this.#codes = new Uint32Array(size);
    this.#values = new Float64Array(size);
    this.#slabs.add(this.#values);
    this.#codeAt = 0;
    this.#valueAt = 0;
  }
}
