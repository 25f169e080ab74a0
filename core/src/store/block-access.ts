// What the parts of the store need of the file: bytes by key. Owns the shape; lmdb stays behind it.
import type { StoreKey } from './store-keys.js';

export interface BlockReader {
  get(key: StoreKey): Uint8Array | undefined;
  /** Entries from `start` (included) to `end` (excluded), in key order, or from the end backwards. */
  range(start: StoreKey, end: StoreKey, options?: RangeOptions): Iterable<BlockEntry>;
  /** Keys alone: values are not read. */
  keys(start: StoreKey, end: StoreKey, limit: number): StoreKey[];
  /** In an encrypted store: what stands for a name in a key, the same for the same text. Absent: names may be read. */
  digestName?(text: string): string;
}

export interface RangeOptions {
  readonly reverse?: boolean;
}

export interface BlockEntry {
  readonly key: StoreKey;
  readonly value: Uint8Array;
}

export interface BlockWriter {
  /** Takes what `value` holds at the moment: its memory may be used again. */
  put(key: StoreKey, value: Uint8Array): void;
  remove(key: StoreKey): void;
}
