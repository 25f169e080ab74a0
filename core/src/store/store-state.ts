// The one record that says how far the store has come: written in the same transaction as the rows it speaks of.
import { KaipoError } from '../kernel/errors.js';
import { NAME_KINDS, type NameKind } from './series-kind.js';
import { RESOLUTIONS_S } from './store-limits.js';

export interface StoreState {
  /** By resolution: every bucket of the finer one that starts before this second is summed into this one. */
  rolledUpToS: number[];
  /** By resolution: buckets that start before this second are gone. */
  prunedBeforeS: number[];
  /** First and last second written, -1 before the first append. */
  firstS: number;
  newestS: number;
  /** End of the latest interval. */
  lastEndUs: number;
  intervals: number;
  /** Dictionary: next free id and names refused because it was full, by kind. */
  nextId: Record<NameKind, number>;
  refusedNames: Record<NameKind, number>;
  /** Bytes and entries of the minute logs. */
  flowBytes: number;
  flowCount: number;
  nameBytes: number;
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
    rolledUpToS: RESOLUTIONS_S.map(() => 0),
    prunedBeforeS: RESOLUTIONS_S.map(() => 0),
    firstS: -1,
    newestS: -1,
    lastEndUs: 0,
    intervals: 0,
    nextId: perKind(1),
    refusedNames: perKind(0),
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
    ...given,
    nextId: { ...fresh.nextId, ...given.nextId },
    refusedNames: { ...fresh.refusedNames, ...given.refusedNames },
  };
  const sound =
    isNumbers(state.rolledUpToS) &&
    isNumbers(state.prunedBeforeS) &&
    Number.isFinite(state.newestS) &&
    state.nextId.app >= 1;
  if (!sound) throw new KaipoError('KAIPO_STORE_CORRUPT', 'the state record of the store is damaged');
  return state;
}

function isNumbers(values: readonly number[]): boolean {
  return Array.isArray(values) && values.length === RESOLUTIONS_S.length && values.every(Number.isFinite);
}
