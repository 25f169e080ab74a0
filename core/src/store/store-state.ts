// The one record that says how far the store has come: written in the same transaction as the rows it speaks of.
import { KaipoError } from '../kernel/errors.js';
import { NAME_KINDS, type NameKind } from './series-kind.js';
import { RESOLUTIONS_S } from './store-limits.js';

export const ENTRY_LAYOUT = 1;
export const CHUNK_LAYOUT = 2;

export interface StoreState {
  /** Raised by every transaction: what a writer remembers is valid while this is what it left behind. */
  revision: number;
  /** Buckets of an hour and a day begin this many seconds before those of UTC; see bucket-time.ts. Fixed when the store is made. */
  alignS: number;
  /** How buckets lie in the file: an entry each (format 1), or in chunks. */
  layout: number;
  /** By resolution: every bucket of the finer one that starts before this second is summed into this one. */
  rolledUpToS: number[];
  /** By resolution: buckets that start before this second are gone. */
  prunedBeforeS: number[];
  /** How far time has come as far as retention goes, see retention-clock.ts; -1 while nobody said. */
  agedToS: number;
  /** First and last second written, -1 before the first append. */
  firstS: number;
  newestS: number;
  /** End of the latest interval. */
  lastEndUs: number;
  intervals: number;
  /** Appends of recorders: a recorder that finds fewer than it made knows that lmdb has lost one. */
  appends: number;
  /** Dictionary: next free id and names refused because it was full, by kind. */
  nextId: Record<NameKind, number>;
  refusedNames: Record<NameKind, number>;
  /** Names that are there; where to look for ids that were given back, 0 for nowhere; when to look for unused names again. */
  liveNames: Record<NameKind, number>;
  reuseFrom: Record<NameKind, number>;
  sweepAtLive: Record<NameKind, number>;
  sweepAtRefused: Record<NameKind, number>;
  /** Bytes and entries of the minute logs. */
  flowBytes: number;
  flowCount: number;
  nameBytes: number;
  /** Incidents of alerts, their bytes, those that went because there were too many, and the longest time one took. */
  incidentCount: number;
  incidentBytes: number;
  removedIncidents: number;
  longestIncidentUs: number;
  /** What detectors had learned and was too much to keep. */
  refusedLearned: number;
  /** Bytes of entries that went because the store was over its budget. */
  prunedBytes: number;
  logSequence: number;
  /** Minutes before this second are one block each. */
  logCompactedS: number;
  /** How the latest interval was seen: `capture+events`, `capture`, `counters`, `file`; empty when nobody said. */
  mode: string;
}

export function newState(): StoreState {
  const perKind = (value: number): Record<NameKind, number> =>
    Object.fromEntries(NAME_KINDS.map((kind) => [kind, value])) as Record<NameKind, number>;
  return {
    revision: 0,
    alignS: 0,
    layout: CHUNK_LAYOUT,
    incidentCount: 0,
    incidentBytes: 0,
    removedIncidents: 0,
    longestIncidentUs: 0,
    refusedLearned: 0,
    prunedBytes: 0,
    rolledUpToS: RESOLUTIONS_S.map(() => 0),
    prunedBeforeS: RESOLUTIONS_S.map(() => 0),
    agedToS: -1,
    firstS: -1,
    newestS: -1,
    lastEndUs: 0,
    intervals: 0,
    appends: 0,
    nextId: perKind(1),
    refusedNames: perKind(0),
    liveNames: perKind(0),
    reuseFrom: perKind(0),
    sweepAtLive: perKind(0),
    sweepAtRefused: perKind(0),
    flowBytes: 0,
    flowCount: 0,
    nameBytes: 0,
    logSequence: 0,
    logCompactedS: 0,
    mode: '',
  };
}

/** Fields a newer kaipo added keep their start value when an older store is read. */
export function parseState(value: unknown): StoreState {
  const fresh = newState();
  if (typeof value !== 'object' || value === null)
    throw new KaipoError('KAIPO_STORE_CORRUPT', 'the store has no state');
  const given = value as Partial<StoreState>;
  const state = {
    ...fresh,
    // Format 1 had no word for it.
    layout: ENTRY_LAYOUT,
    ...given,
    nextId: { ...fresh.nextId, ...given.nextId },
    refusedNames: { ...fresh.refusedNames, ...given.refusedNames },
    liveNames: { ...liveNamesOf(given), ...given.liveNames },
    reuseFrom: { ...fresh.reuseFrom, ...given.reuseFrom },
    sweepAtLive: { ...fresh.sweepAtLive, ...given.sweepAtLive },
    sweepAtRefused: { ...fresh.sweepAtRefused, ...given.sweepAtRefused },
  };
  const sound =
    isNumbers(state.rolledUpToS) &&
    isNumbers(state.prunedBeforeS) &&
    Number.isFinite(state.agedToS) &&
    Number.isFinite(state.newestS) &&
    Number.isFinite(state.alignS) &&
    Number.isFinite(state.revision) &&
    state.nextId.app >= 1;
  if (!sound) throw new KaipoError('KAIPO_STORE_CORRUPT', 'the state record of the store is damaged');
  return state;
}

/** Before names were ever removed, every id given out had one. */
function liveNamesOf({ nextId }: Partial<StoreState>): Record<NameKind, number> {
  const live = newState().liveNames;
  for (const kind of NAME_KINDS) live[kind] = Math.max(0, (nextId?.[kind] ?? 1) - 1);
  return live;
}

function isNumbers(values: readonly number[]): boolean {
  return Array.isArray(values) && values.length === RESOLUTIONS_S.length && values.every(Number.isFinite);
}
