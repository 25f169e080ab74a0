// What the blocks of each kind have in common and where they differ: columns, a maximum, how many rows. Owns that table and the
// accumulators, one a kind, used again and again.
import { RowAccumulator } from './row-accumulator.js';
import type { BlockKind } from './store-keys.js';
import { MAX_SERIES_PER_BUCKET } from './store-limits.js';
import { LONGEST_INTERVAL_COLUMN, TOTALS_COLUMNS } from './totals-block.js';

export const SERIES_COLUMNS = 5;
const BOOKS_COLUMNS = 1;

export function columnsOf(kind: BlockKind): number {
  if (kind === 'totals') return TOTALS_COLUMNS;
  return kind === 'books' ? BOOKS_COLUMNS : SERIES_COLUMNS;
}

/** Rows a bucket may have; more are folded into "other". */
export function maxRowsOf(kind: BlockKind): number {
  return kind === 'totals' || kind === 'books' ? Number.POSITIVE_INFINITY : MAX_SERIES_PER_BUCKET[kind];
}

const accumulators = new Map<BlockKind, RowAccumulator>();

/** Empty, for the caller until it calls `finish`. */
export function accumulatorFor(kind: BlockKind, expectedRows: number): RowAccumulator {
  let accumulator = accumulators.get(kind);
  if (accumulator === undefined) {
    accumulator = new RowAccumulator(columnsOf(kind), kind === 'totals' ? LONGEST_INTERVAL_COLUMN : -1);
    accumulators.set(kind, accumulator);
  }
  accumulator.begin(expectedRows);
  return accumulator;
}
