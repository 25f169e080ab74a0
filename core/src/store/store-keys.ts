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
const INCIDENTS = 22;
const OPEN_INCIDENTS = 23;
const CHUNKS = 30;

export const FORMAT_KEY: StoreKey = [META, 'format'];
export const STATE_KEY: StoreKey = [META, 'state'];
export const BASELINE_KEY: StoreKey = [META, 'baseline'];
export const WRITER_KEY: StoreKey = [META, 'writer'];
export const DEVICE_KEY: StoreKey = [META, 'device'];
/** What the desk of alerts remembers besides incidents. */
export const ALERT_DESK_KEY: StoreKey = [META, 'alert-desk'];

/** What the detector of a rule has learned. */
export const learnedKey = (rule: string): StoreKey => [META, 'learned', rule];

/** What a bucket block holds: the sums of everything, the series of one kind, or the books. */
export type BlockKind = 'totals' | SeriesKind | 'books';
export const BLOCK_KINDS: readonly BlockKind[] = ['totals', ...SERIES_KINDS, 'books'];

export type LogKind = 'flows' | 'names';

function blockNumber(kind: BlockKind): number {
  if (kind === 'totals') return TOTALS;
  return kind === 'books' ? BOOKS : SERIES + SERIES_KINDS.indexOf(kind);
}

/** Which kinds share the entries of a resolution: small ones all, so that an interval is few entries; else each has its own. */
export function chunkGroups(level: number): readonly (readonly BlockKind[])[] {
  return level < FIRST_LEVEL_BY_KIND ? ALL_KINDS : EACH_KIND;
}

const FIRST_LEVEL_BY_KIND = 2;
const ALL_KINDS = [BLOCK_KINDS];
const EACH_KIND = BLOCK_KINDS.map((kind) => [kind]);

/** The entry of buckets of one kind and resolution, counted from the epoch; see bucket-time.ts. */
export function chunkKey(kind: BlockKind, level: number, chunk: number): StoreKey {
  return [level < FIRST_LEVEL_BY_KIND ? CHUNKS : CHUNKS + blockNumber(kind), level, chunk];
}

/** Of a kind within an entry. */
export function kindNumber(kind: BlockKind): number {
  return blockNumber(kind);
}

/** Format 1: one entry a bucket. */
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

/** Ids sort by time. */
export const incidentKey = (id: string): StoreKey => [INCIDENTS, id];
/** Says that an incident goes on. */
export const openIncidentKey = (id: string): StoreKey => [OPEN_INCIDENTS, id];
/** Behind every key of incidents. */
export const INCIDENTS_END: StoreKey = [OPEN_INCIDENTS];
export const OPEN_INCIDENTS_END: StoreKey = [OPEN_INCIDENTS + 1];

/** What an entry of the file is. `level` is the place of its resolution in RESOLUTIONS_S. */
export type EntryPlace =
  | { readonly kind: 'record' }
  | { readonly kind: 'name'; readonly name: NameKind; readonly id?: number }
  | { readonly kind: 'log'; readonly log: LogKind; readonly minuteS: number }
  /** `isMark`: not the incident itself, but that it goes on. */
  | { readonly kind: 'incident'; readonly id: string; readonly isMark: boolean }
  /** `blocks`: the kinds that share the entry. */
  | { readonly kind: 'chunk'; readonly blocks: readonly BlockKind[]; readonly level: number; readonly chunk: number };

/** Undefined for a key this version knows nothing of. */
export function placeOf(key: StoreKey): EntryPlace | undefined {
  const [first, second, third] = key;
  if (first === META) return { kind: 'record' };
  if (first === INCIDENTS || first === OPEN_INCIDENTS)
    return { kind: 'incident', id: String(second), isMark: first === OPEN_INCIDENTS };
  if (typeof first !== 'number' || typeof second !== 'number') return undefined;
  if (first === ID_OF_NAME || first === NAME_OF_ID) {
    const name = NAME_KINDS[second];
    if (name === undefined) return undefined;
    return { kind: 'name', name, ...(first === NAME_OF_ID ? { id: Number(third) } : {}) };
  }
  if (first === FLOWS || first === NAMES)
    return { kind: 'log', log: first === FLOWS ? 'flows' : 'names', minuteS: second };
  const blocks = chunkGroups(second).find(([kind]) => chunkKey(kind!, second, 0)[0] === first);
  return blocks === undefined ? undefined : { kind: 'chunk', blocks, level: second, chunk: Number(third) };
}

/** Before and behind every entry. */
export const FIRST_KEY: StoreKey = [META];
export const LAST_KEY: StoreKey = [Number.MAX_SAFE_INTEGER];
