// Sums by id, one slot an id in the order they came. Must not know names. Bound: ids of one kind that were seen.
import type { OwnerQuality } from '../api/events.js';
import type { BucketRows } from '../store/bucket-rows.js';
import {
  FLOWS,
  QUALITIES,
  qualityOfTag,
  RX_BYTES,
  RX_PACKETS,
  scopeOfTag,
  TX_BYTES,
  TX_PACKETS,
} from '../store/series-block.js';
import type { FlowSums } from './history-answers.js';

/** Values of a slot: bytes and packets sent and received, flows, as the store keeps them. */
const WIDTH = FLOWS + 1;
/** Columns that are read for it. */
export const SUMMED_COLUMNS = WIDTH;
const START_SLOTS = 512;

/** What a row is counted by: its own id, or that of its scope. */
export type RowIdentity = 'id' | 'scope';
/** Does a series count? */
export type SeriesTest = (id: number, scope: number) => boolean;

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
  /** By slot and quality: bytes; only where it was asked for. */
  #qualities = new Float64Array(0);
  readonly #identity: RowIdentity;
  readonly #counts: SeriesTest | undefined;
  readonly #hasQualities: boolean;
  /** By series of the rows at hand: its slot, -1 for none. */
  #slotOf = new Int32Array(START_SLOTS);

  constructor(identity: RowIdentity, counts: SeriesTest | undefined, hasQualities = false) {
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

  /** Rows with SUMMED_COLUMNS. */
  addRows(rows: BucketRows): void {
    this.#findSlots(rows);
    for (let column = 0; column < WIDTH; column++) this.#addColumn(rows, column);
  }

  sumsAt(slot: number): FlowSums {
    const sums = this.#sums;
    const at = slot * WIDTH;
    return {
      txBytes: sums[at + TX_BYTES]!,
      rxBytes: sums[at + RX_BYTES]!,
      txPackets: sums[at + TX_PACKETS]!,
      rxPackets: sums[at + RX_PACKETS]!,
      flows: sums[at + FLOWS]!,
    };
  }

  qualityAt(slot: number): Partial<Record<OwnerQuality, number>> {
    const sums: Partial<Record<OwnerQuality, number>> = {};
    const at = slot * QUALITIES.length;
    if (!this.#hasQualities) return sums;
    for (let code = 0; code < QUALITIES.length; code++) {
      const bytes = this.#qualities[at + code]!;
      if (bytes !== 0) sums[QUALITIES[code]!] = bytes;
    }
    return sums;
  }

  #findSlots({ length, ids, tags, from, to }: BucketRows): void {
    if (this.#slotOf.length < length) this.#slotOf = new Int32Array(length * 2);
    const slotOf = this.#slotOf;
    const counts = this.#counts;
    const byScope = this.#identity === 'scope';
    for (let series = 0; series < length; series++) {
      const id = ids[series]!;
      const scope = scopeOfTag(tags[series]!);
      const isCounted = from[series]! < to[series]! && (counts === undefined || counts(id, scope));
      slotOf[series] = isCounted ? this.#slots.slotOf(byScope ? scope : id) : -1;
    }
    const slots = this.length;
    if (this.#sums.length < slots * WIDTH) this.#sums = widened(this.#sums, slots * WIDTH * 2);
    if (this.#hasQualities && this.#qualities.length < slots * QUALITIES.length) {
      this.#qualities = widened(this.#qualities, slots * QUALITIES.length * 2);
    }
  }

  #addColumn(rows: BucketRows, column: number): void {
    const { length, tags, from, to } = rows;
    const values = rows.column(column);
    const qualities = this.#hasQualities && (column === TX_BYTES || column === RX_BYTES) ? this.#qualities : undefined;
    const slotOf = this.#slotOf;
    const sums = this.#sums;
    for (let series = 0; series < length; series++) {
      const slot = slotOf[series]!;
      if (slot < 0) continue;
      const end = to[series]!;
      let sum = 0;
      for (let place = from[series]!; place < end; place++) sum += values[place]!;
      sums[slot * WIDTH + column]! += sum;
      if (qualities !== undefined) qualities[slot * QUALITIES.length + qualityCode(tags[series]!)]! += sum;
    }
  }
}

function qualityCode(tag: number): number {
  return QUALITIES.indexOf(qualityOfTag(tag));
}

/** The same values with room for more. */
export function widened(values: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(length);
  wider.set(values);
  return wider;
}
