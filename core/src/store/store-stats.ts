// What is in a store and how much room each part takes. Owns the counting; reads keys and sizes, decodes no history.
// Bound: one entry at a time, counters by kind and resolution.
import { join } from 'node:path';
import { readState } from './batch-writer.js';
import { DATA_FILE, type LmdbFile, type PageCounts } from './lmdb-file.js';
import { LmdbView } from './lmdb-view.js';
import { NAME_KINDS, type NameKind } from './series-kind.js';
import type { StoreInfo } from './store.js';
import { type EntryPlace, FIRST_KEY, LAST_KEY, placeOf } from './store-keys.js';
import { MAX_DICTIONARY_NAMES, RESOLUTIONS_S } from './store-limits.js';
import { openStoreFile, type StoreFileOptions } from './store-opening.js';

/** Entries of the file of one kind, and their bytes as stored: keys and pages come on top. */
export interface KindStats {
  /** What of the store: `totals`, a kind of series, `books`, `all` of these in one entry, `flows`, `names`, `dictionary`, … */
  readonly kind: string;
  /** Buckets only. */
  readonly resolutionS?: number;
  readonly entries: number;
  readonly bytes: number;
}

export interface StoreStats {
  readonly info: StoreInfo;
  readonly dataFile: string;
  readonly pages: PageCounts;
  readonly kinds: readonly KindStats[];
  /** By resolution: the time its buckets cover, absent when there are none. Times in seconds since the epoch. */
  readonly resolutions: readonly { readonly resolutionS: number; readonly fromS?: number; readonly toS?: number }[];
  /** Names the dictionary holds, may hold, and has turned away. */
  readonly names: readonly {
    readonly kind: NameKind;
    readonly count: number;
    readonly limit: number;
    readonly refused: number;
  }[];
}

/** Safe while a recorder runs: one moment of the store. Raises what openStore raises for a reader. */
export async function storeStats(options: Omit<StoreFileOptions, 'readOnly'>): Promise<StoreStats> {
  const { file } = openStoreFile({ ...options, readOnly: true });
  try {
    return { ...countAll(options.dir, file), pages: file.pageCounts(), dataFile: join(options.dir, DATA_FILE) };
  } finally {
    await file.close();
  }
}

function countAll(dir: string, file: LmdbFile): Pick<StoreStats, 'info' | 'kinds' | 'resolutions' | 'names'> {
  return file.read((reader) => {
    const state = readState(reader);
    const kinds = file.readStored((stored) => {
      const counts = new Map<string, { kind: string; resolutionS?: number; entries: number; bytes: number }>();
      for (const { key, value } of stored.range(FIRST_KEY, LAST_KEY)) {
        const place = placeOf(key);
        const resolutionS = place?.kind === 'chunk' ? RESOLUTIONS_S[place.level] : undefined;
        const kind = labelOf(place);
        const count = counts.get(`${kind} ${resolutionS}`) ?? {
          kind,
          ...(resolutionS === undefined ? {} : { resolutionS }),
          entries: 0,
          bytes: 0,
        };
        count.entries += 1;
        count.bytes += value.length;
        counts.set(`${kind} ${resolutionS}`, count);
      }
      return [...counts.values()];
    });
    const resolutions = RESOLUTIONS_S.map((resolutionS, level) => {
      if (state.newestS < 0) return { resolutionS };
      const fromS = Math.max(state.firstS, state.prunedBeforeS[level]!);
      return { resolutionS, fromS, toS: state.newestS + 1 };
    });
    const names = NAME_KINDS.map((kind) => ({
      kind,
      count: state.nextId[kind] - 1,
      limit: MAX_DICTIONARY_NAMES[kind],
      refused: state.refusedNames[kind],
    }));
    return { info: new LmdbView(dir, reader).info(), kinds, resolutions, names };
  });
}

function labelOf(place: EntryPlace | undefined): string {
  if (place === undefined) return 'unknown';
  if (place.kind === 'chunk') return place.blocks.length > 1 ? 'all' : (place.blocks[0] ?? 'all');
  if (place.kind === 'log') return place.log;
  if (place.kind === 'incident') return 'alerts';
  return place.kind === 'name' ? 'dictionary' : 'records';
}
