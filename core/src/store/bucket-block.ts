// One block of one bucket, whatever its kind: totals and series merge, encode and decode alike.
import { decodeBlock, encodeBlock } from './block-codec.js';
import { BooksBlock } from './books-block.js';
import { SeriesBlock } from './series-block.js';
import type { BlockKind } from './store-keys.js';
import { MAX_SERIES_PER_BUCKET } from './store-limits.js';
import { TotalsBlock } from './totals-block.js';

export type BucketBlock = TotalsBlock | SeriesBlock | BooksBlock;

export function emptyBlock(kind: BlockKind): BucketBlock {
  if (kind === 'totals') return new TotalsBlock();
  return kind === 'books' ? new BooksBlock() : new SeriesBlock();
}

export function readBlock(kind: BlockKind, bytes: Uint8Array): BucketBlock {
  const value = decodeBlock(bytes);
  if (kind === 'totals') return TotalsBlock.fromValue(value);
  return kind === 'books' ? BooksBlock.fromValue(value) : SeriesBlock.fromValue(value);
}

export function writeBlock(kind: BlockKind, block: BucketBlock): Buffer {
  if (!(block instanceof SeriesBlock)) return encodeBlock(block.toValue());
  return encodeBlock(block.toValue(kind === 'totals' || kind === 'books' ? 0 : MAX_SERIES_PER_BUCKET[kind]));
}

/** Adds `from` to `into`; both are of the same kind. */
export function mergeBlock(into: BucketBlock, from: BucketBlock): void {
  if (into instanceof TotalsBlock && from instanceof TotalsBlock) into.add(from);
  else if (into instanceof SeriesBlock && from instanceof SeriesBlock) into.add(from);
  else if (into instanceof BooksBlock && from instanceof BooksBlock) into.add(from);
}
