// The rows of one bucket as columns of numbers, whatever they count: series, totals (one row), books. Owns the layout in memory.
// Must not know names, kinds or bytes of the file. A block is never changed once made; row-accumulator.ts makes new ones.

export class RowBlock {
  readonly length: number;
  /** Ids at [codeAt, codeAt + length), tags behind them. A tag says what of an id a row is: scope and quality, or kind of book. */
  readonly codes: Uint32Array;
  readonly codeAt: number;
  /** Column after column, each of `length` values, from `valueAt` on. Blocks of one chunk share these arrays. */
  readonly values: Float64Array;
  readonly valueAt: number;
  /** How it is written when it stands alone in a chunk, once that was done (chunk-encoder.ts). A copy has none. */
  lone: Uint8Array | undefined = undefined;

  constructor(length: number, codes: Uint32Array, codeAt: number, values: Float64Array, valueAt: number) {
    this.length = length;
    this.codes = codes;
    this.codeAt = codeAt;
    this.values = values;
    this.valueAt = valueAt;
  }

  idAt(row: number): number {
    return this.codes[this.codeAt + row]!;
  }

  tagAt(row: number): number {
    return this.codes[this.codeAt + this.length + row]!;
  }

  valueOf(column: number, row: number): number {
    return this.values[this.valueAt + column * this.length + row]!;
  }

  /** In memory of its own. */
  copy(columns: number): RowBlock {
    const codes = this.codes.slice(this.codeAt, this.codeAt + this.length * 2);
    const values = this.values.slice(this.valueAt, this.valueAt + this.length * columns);
    return new RowBlock(this.length, codes, 0, values, 0);
  }

  /** One column, without a copy. */
  column(column: number): Float64Array {
    const start = this.valueAt + column * this.length;
    return this.values.subarray(start, start + this.length);
  }
}
