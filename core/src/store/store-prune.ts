// Removes old history on request, from another process than the recorder's if need be: ordinary write transactions, each of which
// reads the state anew and raises its revision, so that a recorder forgets what it remembered. Owns what "before" means.
// Whole days go, as the store cuts them: every resolution still sums to the same. Names in the dictionary stay.
// Bound: MAX_PRUNED_PER_APPEND removals a transaction; a recorder waits for one at a time.

import type { Incident } from '../api/alert-sink.js';
import { readState, writeState } from './batch-writer.js';
import type { BlockReader, BlockWriter } from './block-access.js';
import { removeBucketsBefore } from './bucket-removal.js';
import { floorToBucket } from './bucket-time.js';
import { isSpaceShort } from './free-space.js';
import { removeIncidents } from './incident-log.js';
import { removeMinutesBefore } from './minute-log.js';
import { diskFull, storeError } from './store-errors.js';
import { MAX_PRUNED_PER_APPEND, RESOLUTIONS_S } from './store-limits.js';
import { openStoreFile, type StoreFileOptions } from './store-opening.js';
import type { StoreState } from './store-state.js';

type File = BlockReader & BlockWriter;

const DAY_LEVEL = RESOLUTIONS_S.length - 1;
const MINUTE_S = 60;
const US_PER_S = 1_000_000;

export interface PruneRequest {
  /** Buckets, flows, names and alerts that were over before this second; buckets of whole days only. */
  readonly beforeS?: number;
  /** Flows and names alone. */
  readonly flowsBeforeS?: number;
  /** Say what would go. */
  readonly dryRun?: boolean;
}

export interface PruneAnswer {
  /** Start of the first day that stays; absent when no buckets were asked for, or none are that old. */
  readonly keptFromS?: number;
  /** Start of the first minute of flows and names that stays. */
  readonly flowsKeptFromS?: number;
  /** Entries of buckets that went. Days share an entry: one that only lost some of them does not count. */
  readonly bucketEntries: number;
  readonly flows: number;
  readonly flowBytes: number;
  readonly nameBytes: number;
  readonly incidents: number;
}

/** Raises what openStore raises; a recorder may run. */
export async function pruneStore(
  options: Omit<StoreFileOptions, 'readOnly'>,
  request: PruneRequest,
): Promise<PruneAnswer> {
  const isDry = request.dryRun === true;
  const { file } = openStoreFile({ ...options, readOnly: isDry, mustExist: true });
  try {
    const limits = file.read((reader) => limitsOf(readState(reader), request));
    if (isDry) return file.read((reader) => pruneStep(dryRunOf(reader), limits, Number.MAX_SAFE_INTEGER).answer);
    // Removing takes pages before it gives any back.
    if (isSpaceShort(options.dir)) throw diskFull(options.dir);
    let answer = NOTHING;
    for (let isDone = false; !isDone; ) {
      file.writeSync((access) => {
        const step = pruneStep(access, limits, MAX_PRUNED_PER_APPEND);
        answer = added(answer, step.answer);
        isDone = step.isDone;
      });
    }
    return answer;
  } catch (cause) {
    throw storeError(options.dir, cause);
  } finally {
    await file.close();
  }
}

const NOTHING: PruneAnswer = { bucketEntries: 0, flows: 0, flowBytes: 0, nameBytes: 0, incidents: 0 };

function added(before: PruneAnswer, step: PruneAnswer): PruneAnswer {
  return {
    ...step,
    bucketEntries: before.bucketEntries + step.bucketEntries,
    flows: before.flows + step.flows,
    flowBytes: before.flowBytes + step.flowBytes,
    nameBytes: before.nameBytes + step.nameBytes,
    incidents: before.incidents + step.incidents,
  };
}

interface Limits {
  /** Start of the first day that stays; undefined when nothing is older. */
  readonly keptFromS: number | undefined;
  /** Start of the first minute of flows and names that stays, 0 for all. */
  readonly flowsKeptFromS: number;
  /** Alerts that were over before go, 0 for none. */
  readonly incidentsKeptFromUs: number;
}

/** Days are cut where the store begins them, and never later than what is summed into days. */
function limitsOf(state: StoreState, { beforeS, flowsBeforeS }: PruneRequest): Limits {
  const flowsKeptFromS = Math.floor(Math.max(beforeS ?? 0, flowsBeforeS ?? 0, 0) / MINUTE_S) * MINUTE_S;
  const incidentsKeptFromUs = Math.max(beforeS ?? 0, 0) * US_PER_S;
  const logs = { flowsKeptFromS, incidentsKeptFromUs };
  if (beforeS === undefined || state.newestS < 0) return { keptFromS: undefined, ...logs };
  const limitS = Math.min(floorToBucket(beforeS, DAY_LEVEL, state.alignS), state.rolledUpToS[DAY_LEVEL]!);
  const oldestS = floorToBucket(state.firstS, DAY_LEVEL, state.alignS);
  return { keptFromS: limitS > oldestS ? limitS : undefined, ...logs };
}

/** One transaction: at most `most` removals. */
function pruneStep(
  file: File,
  { keptFromS, flowsKeptFromS, incidentsKeptFromUs }: Limits,
  most: number,
): { answer: PruneAnswer; isDone: boolean } {
  const state = readState(file);
  let left = most;
  let bucketEntries = 0;
  if (keptFromS !== undefined) {
    // The marks move first: readers look no further back.
    state.prunedBeforeS = state.prunedBeforeS.map((beforeS) => Math.max(beforeS, keptFromS));
    state.firstS = Math.max(state.firstS, keptFromS);
    bucketEntries = removeBucketsBefore(file, state, keptFromS, left);
    left -= bucketEntries;
  }
  const flows = removeMinutesBefore(file, state, 'flows', flowsKeptFromS, left);
  left -= flows.blocks;
  const names = removeMinutesBefore(file, state, 'names', flowsKeptFromS, left);
  left -= names.blocks;
  const isOld = ({ resolvedUs }: Incident): boolean => resolvedUs !== undefined && resolvedUs < incidentsKeptFromUs;
  const { incidents } = removeIncidents(file, state, isOld, incidentsKeptFromUs > 0 ? left : 0);
  left -= incidents;
  if (state.newestS >= 0 || incidents > 0) writeState(file, state);
  const answer = {
    ...(keptFromS === undefined ? {} : { keptFromS }),
    ...(flowsKeptFromS <= 0 ? {} : { flowsKeptFromS }),
    bucketEntries,
    flows: flows.rows,
    flowBytes: flows.bytes,
    nameBytes: names.bytes,
    incidents,
  };
  return { answer, isDone: left > 0 };
}

/** Reads go through, writes go nowhere. */
function dryRunOf(reader: BlockReader): File {
  return {
    get: (key) => reader.get(key),
    range: (start, end, options) => reader.range(start, end, options),
    keys: (start, end, limit) => reader.keys(start, end, limit),
    put: () => {},
    remove: () => {},
  };
}
