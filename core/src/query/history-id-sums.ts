// Sums by id, one slot an id in the order they came. Must not know names. Bound: ids of one kind that were seen.
import type { OwnerQuality } from '../api/events.js';
import type { SeriesBlock } from '../store/series-block.js';
import type { FlowSums } from './history-answers.js';

/** Values of a slot: bytes and packets sent and received, flows. */
const WIDTH = 5;
const START_SLOTS = 512;

/** What a row is counted by: its own id, or that of its scope. */
export type RowIdentity = 'id' | 'scope';
/** Does a row count? */
export type RowTest = (series: SeriesBlock, row: number) => boolean;

/** Ids to slots: dense numbers in the order of their first use. Ids are handed out from 0 upwards, so this stays small. */
export class IdSlots {
  /** Slot plus one; 0 is none. */
  #slots = new Int32Array(START_SLOTS);
  readonly ids: number[] = [];

  /** The slot of an id, made when it is new. */
  slotOf(id: number): number {
    const known = id < this.#slots.length ? this.#slots[id]! : 0;
    return known > 0 ? known - 1 : this.#newSlot(id);
  }

  #newSlot(id: number): number {
    if (id >= this.#slots.length) {
      const wider = new Int32Array(Math.max(id + 1, this.#slots.length * 2));
      wider.set(this.#slots);
      this.#slots = wider;
    }
    this.#slots[id] = this.ids.push(id);
    return this.ids.length - 1;
  }
}

export class IdSums {
  readonly #slots = new IdSlots();
  #sums = new Float64Array(START_SLOTS * WIDTH);
  /** Bytes by slot of each quality; only where it was asked for. */
  readonly #qualities = new Map<OwnerQuality, number[]>();
  readonly #identity: RowIdentity;
  readonly #counts: RowTest | undefined;
  readonly #hasQualities: boolean;

  constructor(identity: RowIdentity, counts: RowTest | undefined, hasQualities = false) {
    this.#identity = identity;
    this.#counts = counts;
    this.#hasQualities = hasQualities;
  }

  get length(): number {
    return this.#slots.ids.length;
  }

  idAt(slot: number): number {
    return this.#slots.ids[slot]!;
  }

  addBlock(series: SeriesBlock): void {
    const { length, txBytes, rxBytes, txPackets, rxPackets, flows } = series;
    const counts = this.#counts;
    const byScope = this.#identity === 'scope';
    for (let row = 0; row < length; row++) {
      if (counts !== undefined && !counts(series, row)) continue;
      const slot = this.#slots.slotOf(byScope ? series.scopeAt(row) : series.idAt(row));
      const at = slot * WIDTH;
      if (at >= this.#sums.length) this.#grow();
      const sums = this.#sums;
      sums[at]! += txBytes[row]!;
      sums[at + 1]! += rxBytes[row]!;
      sums[at + 2]! += txPackets[row]!;
      sums[at + 3]! += rxPackets[row]!;
      sums[at + 4]! += flows[row]!;
    }
    if (this.#hasQualities) this.#addQualities(series);
  }

  sumsAt(slot: number): FlowSums {
    const [txBytes = 0, rxBytes = 0, txPackets = 0, rxPackets = 0, flows = 0] = this.#sums.subarray(slot * WIDTH);
    return { txBytes, rxBytes, txPackets, rxPackets, flows };
  }

  qualityAt(slot: number): Partial<Record<OwnerQuality, number>> {
    const sums: Partial<Record<OwnerQuality, number>> = {};
    for (const [quality, column] of this.#qualities) {
      const bytes = column[slot] ?? 0;
      if (bytes !== 0) sums[quality] = bytes;
    }
    return sums;
  }

  #addQualities(series: SeriesBlock): void {
    const { length, txBytes, rxBytes } = series;
    const counts = this.#counts;
    let quality: OwnerQuality | undefined;
    let column: number[] = [];
    for (let row = 0; row < length; row++) {
      if (counts !== undefined && !counts(series, row)) continue;
      const known = series.qualityAt(row);
      if (known !== quality) {
        quality = known;
        column = this.#qualities.get(known) ?? [];
        this.#qualities.set(known, column);
      }
      const slot = this.#slots.slotOf(series.idAt(row));
      while (column.length <= slot) column.push(0);
      column[slot]! += txBytes[row]! + rxBytes[row]!;
    }
  }

  #grow(): void {
    const wider = new Float64Array(this.#sums.length * 2);
    wider.set(this.#sums);
    this.#sums = wider;
  }
}
