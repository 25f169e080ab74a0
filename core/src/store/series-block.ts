// The series of one kind in one bucket, as readers see them: columns over the block of a chunk. Owns what a tag of a row says.
// Must not know names: ids come from the dictionary.
import type { OwnerQuality } from '../api/events.js';
import type { RowBlock } from './row-block.js';

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
const CODE_OF_QUALITY = new Map(QUALITIES.map((quality, code) => [quality, code]));
/** A tag is scope * 16 + quality: one application known in two ways, or seen in two scopes, is two rows. */
const QUALITY_CODES = 16;

export function seriesTag(quality: OwnerQuality | undefined, scope: number): number {
  const code = quality === undefined ? 0 : (CODE_OF_QUALITY.get(quality) ?? 0);
  return scope * QUALITY_CODES + code;
}

/** The scope of a row with this tag, 0 for none; StoreView.scopeOf says what it is. */
export function scopeOfTag(tag: number): number {
  return Math.floor(tag / QUALITY_CODES);
}

export function qualityOfTag(tag: number): OwnerQuality {
  return QUALITIES[tag % QUALITY_CODES] ?? 'unknown';
}

/** Where a series keeps what: its columns in file order. */
export const TX_BYTES = 0;
export const RX_BYTES = 1;
export const TX_PACKETS = 2;
export const RX_PACKETS = 3;
export const FLOWS = 4;

/** Valid as long as the visitor it is given to runs. */
export class SeriesBlock {
  readonly #block: RowBlock;
  readonly length: number;
  #txBytes: Float64Array | undefined;
  #rxBytes: Float64Array | undefined;
  #txPackets: Float64Array | undefined;
  #rxPackets: Float64Array | undefined;
  #flows: Float64Array | undefined;

  constructor(block: RowBlock) {
    this.#block = block;
    this.length = block.length;
  }

  get txBytes(): Float64Array {
    this.#txBytes ??= this.#block.column(0);
    return this.#txBytes;
  }

  get rxBytes(): Float64Array {
    this.#rxBytes ??= this.#block.column(1);
    return this.#rxBytes;
  }

  get txPackets(): Float64Array {
    this.#txPackets ??= this.#block.column(2);
    return this.#txPackets;
  }

  get rxPackets(): Float64Array {
    this.#rxPackets ??= this.#block.column(3);
    return this.#rxPackets;
  }

  get flows(): Float64Array {
    this.#flows ??= this.#block.column(4);
    return this.#flows;
  }

  idAt(row: number): number {
    return this.#block.idAt(row);
  }

  scopeAt(row: number): number {
    return scopeOfTag(this.#block.tagAt(row));
  }

  qualityAt(row: number): OwnerQuality {
    return qualityOfTag(this.#block.tagAt(row));
  }
}
