// What a table of traffic is told about its rows. Owns the shapes. components/TrafficTable.svelte draws it.
import type { CellValue } from '../logic/table-rows.js';

/** A column between the name and the bytes. */
export interface TableColumn<T> {
  readonly key: string;
  readonly label: string;
  /** What it is sorted by; nothing is drawn where it is undefined. */
  readonly value: (row: T) => CellValue;
  /** What is drawn, if that is another text. */
  readonly text?: (row: T) => string;
  /** What is shown when the pointer rests on it. */
  readonly hint?: (row: T) => string | undefined;
  readonly isNumber?: boolean;
  /** Left out on a phone. */
  readonly isMinor?: boolean;
}

/** Bytes of a row. */
export interface RowBytes {
  readonly txBytes: number;
  readonly rxBytes: number;
}
