// The keys of the store, as arrays that lmdb orders element by element. Part of the file format.
import { NAME_KINDS, type NameKind, SERIES_KINDS, type SeriesKind } from './series-kind.js';

export type StoreKey = (number | string)[];

const META = 0;
const TOTALS = 1;
const SERIES = 2;
const BOOKS = 9;
const ID_OF_NAME = 10;
const NAME_OF_ID = 11;
const FLOWS = 20;
const NAMES = 21;

export const FORMAT_KEY: StoreKey = [META, 'format'];
export const STATE_KEY: StoreKey = [META, 'state'];
export const BASELINE_KEY: StoreKey = [META, 'baseline'];
export const WRITER_KEY: StoreKey = [META, 'writer'];

/** What a bucket block holds: the sums of everything, the series of one kind, or the books. */
export type BlockKind = 'totals' | SeriesKind | 'books';
export const BLOCK_KINDS: readonly BlockKind[] = ['totals', ...SERIES_KINDS, 'books'];

export type LogKind = 'flows' | 'names';

function blockNumber(kind: BlockKind): number {
  if (kind === 'totals') return TOTALS;
  return kind === 'books' ? BOOKS : SERIES + SERIES_KINDS.indexOf(kind);
}

export function bucketKey(kind: BlockKind, resolutionS: number, startS: number): StoreKey {
  return [blockNumber(kind), resolutionS, startS];
}

export function idOfNameKey(kind: NameKind, name: string): StoreKey {
  return [ID_OF_NAME, NAME_KINDS.indexOf(kind), name];
}

export function nameOfIdKey(kind: NameKind, id: number): StoreKey {
  return [NAME_OF_ID, NAME_KINDS.indexOf(kind), id];
}

export function logKey(log: LogKind, minuteS: number, sequence: number): StoreKey {
  return [log === 'flows' ? FLOWS : NAMES, minuteS, sequence];
}
