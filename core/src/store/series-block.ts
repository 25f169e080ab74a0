// The series of one kind in one bucket, as columns. Owns merging, and folding the smallest into "other".
// Must not know names: ids come from the dictionary. Bound: the caller's limit when it is written.
import type { OwnerQuality } from '../api/events.js';
import { KaipoError } from '../kernel/errors.js';
import { OTHER_ID } from './series-kind.js';

/** How the owner of a byte is known, by code. Part of the file format: append only. */
export const QUALITIES: readonly OwnerQuality[] = [
  'unknown',
  'event',
  'proc-snapshot',
  'listener',
  'inherited',
  'nat-joined',
  'inferred',
  'kernel',
  'forwarded',
];
/** A row key is (id * 4096 + scope) * 16 + quality: one application known in two ways, or seen in two scopes, is two rows. */
const QUALITY_CODES = 16;
const SCOPE_CODES = 4096;
const COLUMNS = 5;

export function rowKey(id: number, quality: OwnerQuality | undefined, scope = 0): number {
  const code = quality === undefined ? 0 : Math.max(0, QUALITIES.indexOf(quality));
  return (id * SCOPE_CODES + scope) * QUALITY_CODES + code;
}

export class SeriesBlock {
  readonly #rowOf = new Map<number, number>();
  readonly keys: number[] = [];
  readonly txBytes: number[] = [];
  readonly rxBytes: number[] = [];
  readonly txPackets: number[] = [];
  readonly rxPackets: number[] = [];
  readonly flows: number[] = [];

  get length(): number {
    return this.keys.length;
  }

  idAt(row: number): number {
    return Math.floor(this.keys[row]! / (QUALITY_CODES * SCOPE_CODES));
  }

  /** The scope of a row, 0 for none; StoreView.scopeOf says what it is. */
  scopeAt(row: number): number {
    return Math.floor(this.keys[row]! / QUALITY_CODES) % SCOPE_CODES;
  }

  qualityAt(row: number): OwnerQuality {
    return QUALITIES[this.keys[row]! % QUALITY_CODES] ?? 'unknown';
  }

  addRow(key: number, txBytes: number, rxBytes: number, txPackets: number, rxPackets: number, flows: number): void {
    let row = this.#rowOf.get(key);
    if (row === undefined) {
      row = this.keys.push(key) - 1;
      this.#rowOf.set(key, row);
      for (const column of this.#columns()) column.push(0);
    }
    this.txBytes[row]! += txBytes;
    this.rxBytes[row]! += rxBytes;
    this.txPackets[row]! += txPackets;
    this.rxPackets[row]! += rxPackets;
    this.flows[row]! += flows;
  }

  add(other: SeriesBlock): void {
    for (let row = 0; row < other.length; row++) this.#addFrom(other, row, other.keys[row]!);
  }

  /** Columns for the file, rows in key order, keys as differences; at most `maxRows`, the rest summed as "other". */
  toValue(maxRows: number): unknown {
    const block = this.length > maxRows ? this.#folded(maxRows) : this;
    const order = block.keys.map((_, row) => row).sort((left, right) => block.keys[left]! - block.keys[right]!);
    const keys = order.map((row) => block.keys[row]!);
    return [
      keys.map((key, index) => key - (index === 0 ? 0 : keys[index - 1]!)),
      ...block.#columns().map((column) => {
        const values = order.map((row) => column[row]!);
        return values.some((value) => value !== 0) ? values : [];
      }),
    ];
  }

  static fromValue(value: unknown): SeriesBlock {
    if (!Array.isArray(value) || value.length < COLUMNS + 1 || !value.every(isNumbers)) {
      throw new KaipoError('KAIPO_STORE_CORRUPT', 'a bucket of the store is not made of columns');
    }
    const [steps, tx, rx, txPackets, rxPackets, flows] = value as number[][];
    const block = new SeriesBlock();
    let key = 0;
    for (let row = 0; row < steps!.length; row++) {
      key += steps![row]!;
      block.addRow(key, tx![row] ?? 0, rx![row] ?? 0, txPackets![row] ?? 0, rxPackets![row] ?? 0, flows![row] ?? 0);
    }
    return block;
  }

  #addFrom(other: SeriesBlock, row: number, key: number): void {
    this.addRow(
      key,
      other.txBytes[row]!,
      other.rxBytes[row]!,
      other.txPackets[row]!,
      other.rxPackets[row]!,
      other.flows[row]!,
    );
  }

  #folded(maxRows: number): SeriesBlock {
    const weight = (row: number): number => this.txBytes[row]! + this.rxBytes[row]!;
    const order = this.keys.map((_, row) => row).sort((left, right) => weight(right) - weight(left));
    const block = new SeriesBlock();
    order.forEach((row, rank) => {
      const key = rank < maxRows - 1 ? this.keys[row]! : rowKey(OTHER_ID, undefined, this.scopeAt(row));
      block.#addFrom(this, row, key);
    });
    return block;
  }

  #columns(): readonly number[][] {
    return [this.txBytes, this.rxBytes, this.txPackets, this.rxPackets, this.flows];
  }
}

function isNumbers(column: unknown): boolean {
  return Array.isArray(column) && column.every((value) => typeof value === 'number');
}
