// Sums rows by id and tag into one block. Owns a hash table over typed arrays that is used again and again: a row costs no
// allocation. Must not know what a column means, except that one may be a maximum. Bound: grows with the rows it is given.
import type { RowArena } from './row-arena.js';
import { RowBlock } from './row-block.js';
import { RowIndex } from './row-index.js';
import { OTHER_ID } from './series-kind.js';

/** Tags of series: (scope, quality). What is folded keeps its scope. */
const QUALITY_CODES = 16;

function ownBlock(length: number, columns: number): RowBlock {
  return new RowBlock(length, new Uint32Array(length * 2), 0, new Float64Array(length * columns), 0);
}

export class RowAccumulator {
  readonly columns: number;
  readonly #maximumColumn: number;
  readonly #index = new RowIndex();
  #values = new Float64Array(256);

  constructor(columns: number, maximumColumn = -1) {
    this.columns = columns;
    this.#maximumColumn = maximumColumn;
  }

  get length(): number {
    return this.#index.length;
  }

  begin(expectedRows: number): void {
    this.#index.begin(expectedRows);
  }

  /** Where the values of a row start in `values`, one for each column; a new row starts at 0. */
  #placeOf(id: number, tag: number): number {
    const before = this.#index.length;
    const place = this.#index.indexOf(id, tag) * this.columns;
    if (this.#index.length > before) {
      if (place + this.columns > this.#values.length) {
        const grown = new Float64Array(this.#values.length * 2);
        grown.set(this.#values);
        this.#values = grown;
      }
      this.#values.fill(0, place, place + this.columns);
    }
    return place;
  }

  addRow(id: number, tag: number, values: readonly number[]): void {
    const place = this.#placeOf(id, tag);
    for (let column = 0; column < this.columns; column++) this.#values[place + column]! += values[column]!;
  }

  addSeries(
    id: number,
    tag: number,
    tx: number,
    rx: number,
    txPackets: number,
    rxPackets: number,
    flows: number,
  ): void {
    const place = this.#placeOf(id, tag);
    const values = this.#values;
    values[place]! += tx;
    values[place + 1]! += rx;
    values[place + 2]! += txPackets;
    values[place + 3]! += rxPackets;
    values[place + 4]! += flows;
  }

  addBlock(block: RowBlock): void {
    for (let row = 0; row < block.length; row++) this.#addFrom(block, row, block.idAt(row), block.tagAt(row));
  }

  /** At most about `maxRows` rows: the smallest are summed as "other", by scope. */
  finish(maxRows = Number.POSITIVE_INFINITY, arena?: RowArena): RowBlock {
    if (this.#index.length <= maxRows) return this.#copy(arena);
    return this.#folded(this.#copy(undefined), maxRows, arena);
  }

  /** Into memory of the arena, or its own. */
  #copy(arena: RowArena | undefined): RowBlock {
    const { length } = this.#index;
    const block = arena?.take(length, this.columns) ?? ownBlock(length, this.columns);
    const { values, valueAt } = block;
    this.#index.copyCodes(block.codes, block.codes, block.codeAt, block.codeAt + length);
    for (let row = 0, from = 0; row < length; row++) {
      for (let at = valueAt + row, column = 0; column < this.columns; column++, at += length) {
        values[at] = this.#values[from++]!;
      }
    }
    return block;
  }

  #folded(block: RowBlock, maxRows: number, arena: RowArena | undefined): RowBlock {
    const weight = (row: number): number => block.valueOf(0, row) + block.valueOf(1, row);
    const order = Array.from({ length: block.length }, (_, row) => row).sort(
      (left, right) => weight(right) - weight(left),
    );
    const scopes = new Set(order.map((row) => Math.floor(block.tagAt(row) / QUALITY_CODES)));
    // Each scope may get one row of "other".
    const kept = Math.max(maxRows - scopes.size, Math.floor(maxRows / 2));
    this.begin(maxRows);
    order.forEach((row, rank) => {
      const tag = block.tagAt(row);
      if (rank < kept) this.#addFrom(block, row, block.idAt(row), tag);
      else this.#addFrom(block, row, OTHER_ID, tag - (tag % QUALITY_CODES));
    });
    return this.#copy(arena);
  }

  #addFrom(block: RowBlock, row: number, id: number, tag: number): void {
    const place = this.#placeOf(id, tag);
    const values = this.#values;
    const from = block.values;
    let at = block.valueAt + row;
    for (let column = 0; column < this.columns; column++, at += block.length) {
      const index = place + column;
      if (column === this.#maximumColumn) values[index] = Math.max(values[index]!, from[at]!);
      else values[index]! += from[at]!;
    }
  }
}
