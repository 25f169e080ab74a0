// What one transaction records: intervals, flows, names, the roll-ups and prunings that are due, and the state that says so.
// Owns the order of these steps and what the writer remembers between two transactions. Must not know lmdb.
// Bound: see chunk-store.ts, dictionary.ts.

import type { IntervalRecord } from '../api/interval-record.js';
import type { Clock } from '../kernel/clock.js';
import type { BlockReader, BlockWriter } from './block-access.js';
import { decodeBlock, encodeBlock } from './block-codec.js';
import { pruneBuckets } from './bucket-removal.js';
import { insertBlocks, rollUp } from './bucket-writer.js';
import { pruneToBudget } from './byte-budget.js';
import { ChunkStore } from './chunk-store.js';
import { Dictionary, type NameLimits } from './dictionary.js';
import { FLOW_END_COLUMN, flowRow, NAME_TIME_COLUMN, nameRow } from './flow-rows.js';
import { writeAlerts } from './incident-log.js';
import { intervalBlocks } from './interval-blocks.js';
import { appendRows, compactMinutes, pruneLog } from './minute-log.js';
import { dueSweep, NameSweep } from './name-sweep.js';
import { RetentionClock } from './retention-clock.js';
import type { StoreBatch } from './store.js';
import { BASELINE_KEY, STATE_KEY } from './store-keys.js';
import { newState, parseState, type StoreState } from './store-state.js';

type File = BlockReader & BlockWriter;

const US_PER_S = 1_000_000;

export interface BatchWriterOptions {
  readonly retentionS: readonly number[];
  readonly flowBudgetBytes: number;
  readonly nameBudgetBytes: number;
  readonly clock: Clock;
  /** Bytes the store may use, and what it uses at the moment. */
  readonly maxBytes?: number;
  readonly usedBytes?: () => number;
  /** Names of each kind the dictionary may hold; at most MAX_DICTIONARY_NAMES. */
  readonly maxNames?: NameLimits;
}

export class BatchWriter {
  readonly #options: BatchWriterOptions;
  readonly #dictionary: Dictionary;
  readonly #chunks = new ChunkStore();
  #sweep: NameSweep | undefined;
  /** Of the state this writer left behind: another number means that somebody else has written. */
  #revision = -1;
  /** Appends the store has, this writer's last one included. */
  #appends = 0;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
    this.#dictionary = new Dictionary(options.maxNames);
  }

  /** Runs inside a transaction. If that fails, `forget` is due. */
  write(file: File, { intervals, ended = [], names = [], alerts, baseline }: StoreBatch): void {
    const state = readState(file);
    if (state.revision !== this.#revision) this.forget();
    const retention = new RetentionClock();
    for (const interval of intervals) {
      retention.add(state, interval);
      this.#insert(file, state, interval);
    }
    if (baseline !== undefined) file.put(BASELINE_KEY, encodeBlock(baseline));
    appendRows(file, state, 'flows', ended.map(flowRow), FLOW_END_COLUMN);
    appendRows(file, state, 'names', names.map(nameRow), NAME_TIME_COLUMN);
    if (alerts !== undefined) writeAlerts(file, state, alerts);
    const nowS = retention.advance(state, Math.floor(this.#options.clock() / US_PER_S));
    if (rollUp(file, this.#chunks, state)) {
      pruneBuckets(file, state, nowS, this.#options.retentionS);
      compactMinutes(file, state);
      pruneLog(file, state, 'flows', this.#options.flowBudgetBytes);
      pruneLog(file, state, 'names', this.#options.nameBudgetBytes);
    }
    this.#fitBudget(file, state);
    this.#sweepNames(file, state);
    state.appends += 1;
    this.#appends = state.appends;
    this.#revision = writeState(file, state);
  }

  #fitBudget(file: File, state: StoreState): void {
    const { maxBytes, usedBytes } = this.#options;
    if (maxBytes === undefined || usedBytes === undefined) return;
    const excessBytes = usedBytes() - maxBytes;
    if (excessBytes > 0) pruneToBudget(file, state, excessBytes);
  }

  #sweepNames(file: File, state: StoreState): void {
    if (this.#sweep === undefined) {
      const due = dueSweep(state, (kind) => this.#dictionary.mostOf(kind));
      if (due === undefined) return;
      const sweep = new NameSweep(due);
      this.#sweep = sweep;
      // What this transaction wrote is in the file already.
      this.#chunks.onWrite = (kind, section) => {
        if (kind === due) sweep.markSection(section);
      };
      return;
    }
    const isDone = this.#sweep.step(file, state, this.#dictionary.mostOf(this.#sweep.kind));
    // Names that are gone must not be remembered.
    this.#dictionary.forget();
    if (isDone) this.#endSweep();
  }

  #endSweep(): void {
    this.#sweep = undefined;
    this.#chunks.onWrite = undefined;
  }

  /** Is what the last `write` wrote in the file? */
  isWritten(file: BlockReader): boolean {
    return readState(file).appends >= this.#appends;
  }

  /** What was learned in a transaction that failed was never written. */
  forget(): void {
    this.#dictionary.forget();
    this.#chunks.forget();
    this.#endSweep();
    this.#revision = -1;
  }

  #insert(file: File, state: StoreState, interval: IntervalRecord): void {
    const startS = Math.max(0, Math.floor(interval.startUs / US_PER_S));
    const blocks = intervalBlocks(interval, this.#dictionary, state, file, this.#chunks.arena);
    insertBlocks(file, this.#chunks, state, startS, blocks);
    state.intervals += 1;
    state.lastEndUs = Math.max(state.lastEndUs, interval.endUs);
    state.mode = interval.mode ?? state.mode;
  }
}

export function readState(file: BlockReader): StoreState {
  const stored = file.get(STATE_KEY);
  return stored === undefined ? newState() : parseState(decodeBlock(stored));
}

/** Every transaction that changes rows or names ends with this. Answers the new revision. */
export function writeState(file: BlockWriter, state: StoreState): number {
  state.revision += 1;
  file.put(STATE_KEY, encodeBlock(state));
  return state.revision;
}
