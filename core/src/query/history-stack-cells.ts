// Bytes by name and step of a chart, only those that are there. Names are slots. Owns growing.
// Bound: names of one step times steps, a little more where the chunks of the store are shorter than a step.
import type { BucketRows } from '../store/bucket-rows.js';
import { RX_BYTES, scopeOfTag, TX_BYTES } from '../store/series-block.js';
import { IdSlots, type RowIdentity, type SeriesTest, widened } from './history-id-sums.js';

const SEGMENT_CELLS = 8192;
/** Columns of a series that are read. */
export const STACK_COLUMNS = RX_BYTES + 1;

/** Bytes by step, column after column. */
export interface StackColumns {
  readonly txBytes: Float64Array;
  readonly rxBytes: Float64Array;
}

/** Cells side by side. Many of these instead of one that grows: nothing is copied. */
class Segment {
  readonly stepOf: Int32Array;
  readonly slotOf: Int32Array;
  readonly txBytes: Float64Array;
  readonly rxBytes: Float64Array;
  length = 0;

  constructor(size: number) {
    this.stepOf = new Int32Array(size);
    this.slotOf = new Int32Array(size);
    this.txBytes = new Float64Array(size);
    this.rxBytes = new Float64Array(size);
  }
}

export class StackCells {
  readonly #slots = new IdSlots();
  readonly #identity: RowIdentity;
  readonly #counts: SeriesTest | undefined;
  #open = new Segment(SEGMENT_CELLS);
  readonly #segments = [this.#open];
  /** By slot. */
  #weights = new Float64Array(512);
  /** Of the name at hand, by step counted from the first of the rows at hand. */
  #tx = new Float64Array(0);
  #rx = new Float64Array(0);

  constructor(identity: RowIdentity, counts: SeriesTest | undefined) {
    this.#identity = identity;
    this.#counts = counts;
  }

  /** The names, by slot. */
  get ids(): readonly number[] {
    return this.#slots.ids;
  }

  /** Bytes of a name over all steps. */
  weightOf(slot: number): number {
    return this.#weights[slot]!;
  }

  /** Rows with STACK_COLUMNS; `stepOf` says the step of each bucket. Series of one name mostly follow each other. */
  addRows(rows: BucketRows, stepOf: Int32Array): void {
    const { length, ids, tags, from, to, bucketOf } = rows;
    const txBytes = rows.column(TX_BYTES);
    const rxBytes = rows.column(RX_BYTES);
    const firstStep = stepOf[rows.firstBucket]!;
    const steps = stepOf[rows.endBucket - 1]! - firstStep + 1;
    if (this.#tx.length < steps) {
      this.#tx = new Float64Array(steps);
      this.#rx = new Float64Array(steps);
    }
    const tx = this.#tx;
    const rx = this.#rx;
    let slot = -1;
    for (let series = 0; series < length; series++) {
      const end = to[series]!;
      let place = from[series]!;
      if (place === end) continue;
      const id = ids[series]!;
      const scope = scopeOfTag(tags[series]!);
      if (this.#counts !== undefined && !this.#counts(id, scope)) continue;
      const own = this.#slots.slotOf(this.#identity === 'scope' ? scope : id);
      if (own !== slot) {
        if (slot >= 0) this.#flush(slot, firstStep, steps);
        slot = own;
      }
      for (; place < end; place++) {
        const step = stepOf[bucketOf[place]!]! - firstStep;
        tx[step]! += txBytes[place]!;
        rx[step]! += rxBytes[place]!;
      }
    }
    if (slot >= 0) this.#flush(slot, firstStep, steps);
  }

  /** Every cell into the columns of its name: `columnsOf` by slot. */
  spread(columnsOf: readonly StackColumns[]): void {
    for (const { stepOf, slotOf, txBytes: sent, rxBytes: received, length } of this.#segments) {
      for (let cell = 0; cell < length; cell++) {
        const { txBytes, rxBytes } = columnsOf[slotOf[cell]!]!;
        const step = stepOf[cell]!;
        txBytes[step]! += sent[cell]!;
        rxBytes[step]! += received[cell]!;
      }
    }
  }

  /** What was summed of a name, as cells. */
  #flush(slot: number, firstStep: number, steps: number): void {
    const tx = this.#tx;
    const rx = this.#rx;
    if (slot >= this.#weights.length) this.#weights = widened(this.#weights, (slot + 1) * 2);
    if (this.#open.length + steps > this.#open.stepOf.length) {
      this.#open = new Segment(Math.max(SEGMENT_CELLS, steps));
      this.#segments.push(this.#open);
    }
    const { stepOf, slotOf, txBytes, rxBytes } = this.#open;
    let weight = 0;
    let cell = this.#open.length;
    for (let step = 0; step < steps; step++) {
      const sent = tx[step]!;
      const received = rx[step]!;
      if (sent === 0 && received === 0) continue;
      tx[step] = 0;
      rx[step] = 0;
      weight += sent + received;
      stepOf[cell] = firstStep + step;
      slotOf[cell] = slot;
      txBytes[cell] = sent;
      rxBytes[cell] = received;
      cell += 1;
    }
    this.#open.length = cell;
    this.#weights[slot]! += weight;
  }
}
