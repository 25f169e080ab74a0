// Stores of format 1: an entry a bucket, plain arrays. Owns how they are read, by a reader as they are, by a writer once
// (store-migrations.ts). Bound: one bucket at a time.
import type { BlockReader } from './block-access.js';
import { decodeBlock } from './block-codec.js';
import { accumulatorFor, columnsOf } from './bucket-block.js';
import { damaged } from './damaged.js';
import type { RowBlock } from './row-block.js';
import { type BlockKind, bucketKey } from './store-keys.js';
import { ID_LIMIT, RESOLUTIONS_S } from './store-limits.js';

/** Row keys: an id, then the tag of today. */
const SERIES_TAGS = 65_536;
const BOOK_TAGS = 256;

/** Buckets of one kind that start in [fromS, toS), in order of time. */
export function* format1Buckets(
  file: BlockReader,
  kind: BlockKind,
  level: number,
  fromS: number,
  toS: number,
): Generator<{ readonly startS: number; readonly block: RowBlock }> {
  const resolutionS = RESOLUTIONS_S[level]!;
  const start = bucketKey(kind, resolutionS, Math.max(0, fromS));
  for (const { key, value } of file.range(start, bucketKey(kind, resolutionS, toS))) {
    yield { startS: Number(key[2]), block: readFormat1Block(kind, value) };
  }
}

/** Raises KAIPO_STORE_CORRUPT. */
export function readFormat1Block(kind: BlockKind, bytes: Uint8Array): RowBlock {
  const value = decodeBlock(bytes);
  if (!Array.isArray(value)) throw damaged('it holds no bucket');
  if (kind === 'totals') return totalsBlock(value);
  if (!value.every(isNumbers)) throw damaged('a bucket is not made of columns');
  const [keys = [], ...columns] = value as number[][];
  const tags = kind === 'books' ? BOOK_TAGS : SERIES_TAGS;
  const rows = accumulatorFor(kind, keys.length);
  let before = 0;
  keys.forEach((given, row) => {
    const key = kind === 'books' ? given : before + given;
    before = key;
    const id = Math.floor(key / tags);
    if (!(id >= 0 && id < ID_LIMIT)) throw damaged('an id is out of range');
    const values = Array.from({ length: columnsOf(kind) }, (_, column) => columns[column]?.[row] ?? 0);
    rows.addRow(id, key % tags, values);
  });
  return rows.finish();
}

function totalsBlock(value: unknown[]): RowBlock {
  if (!isNumbers(value)) throw damaged('a total is not a number');
  const rows = accumulatorFor('totals', 1);
  rows.addRow(
    0,
    0,
    Array.from({ length: columnsOf('totals') }, (_, column) => Number(value[column] ?? 0)),
  );
  return rows.finish();
}

function isNumbers(column: unknown): boolean {
  return Array.isArray(column) && column.every(Number.isFinite);
}
