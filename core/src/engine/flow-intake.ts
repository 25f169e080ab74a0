// The lower half of an engine: frames become flows, and everything that is counted is counted. Owns: flow table, sums, health, and
// how long the rows of ended flows stay as they are.
// Must not know plugins, events or names: it may run in a thread of its own. Bound: that of its parts, and one list of ended flows
// as long as the flow table.
import type { FlowColumns } from '../flow/flow-columns.js';
import { type FlowHealthColumns, FlowHealthMeter } from '../flow/flow-health.js';
import { FlowTable } from '../flow/flow-table.js';
import type { FlowSplits, FlowTimeouts } from '../flow/flow-table-options.js';
import type { FrameBatch } from '../frame/frame-batch.js';
import { BATCH_ROWS } from '../kernel/limits.js';
import { pumpFlows } from './pump.js';
import { STAGE_FLOWS, StageClock } from './stage-clock.js';
import { Tally } from './tally.js';

/** Flows ended at once when the input is over: what they leave behind waits to be written. */
export const FINISH_FLOWS = 8192;

export interface FlowIntakeOptions {
  readonly maxFlows: number;
  readonly keyByInterface?: boolean;
  readonly timeouts?: FlowTimeouts;
  /** Live capture: who knows when ports got another owner. */
  readonly splits?: FlowSplits;
  /**
   * For so many batches after the one it ended in, the row of a flow is left as it is: somebody in another thread may be that far
   * behind. Which row a flow gets, and so the order in which flows end, depends on this number; 0: the row is free at once.
   */
  readonly keepBatches?: number;
  /** Memory that somebody else looks at too. */
  readonly shared?: SharedFlows;
  /** Somebody else measures the health of flows, of the same batches in the same order. */
  readonly leavesHealth?: boolean;
}

export interface SharedFlows {
  readonly columns: FlowColumns;
  readonly health: FlowHealthColumns;
  /** As many numbers as there are flows. */
  readonly ended: Uint32Array;
}

export class FlowIntake {
  readonly flows: FlowTable;
  readonly health: FlowHealthMeter;
  readonly tally = new Tally();
  readonly clock = new StageClock();
  /** Numbers of ended flows, a ring: `endedCount` of them from `endedStart` were added by the call before. */
  readonly ended: Uint32Array;
  endedStart = 0;
  endedCount = 0;
  readonly #keepBatches: number;
  readonly #leavesHealth: boolean;
  /** By batch, modulo #keepBatches: how many flows ended in it. */
  readonly #endedIn: Uint32Array;
  #batch = 0;
  /** Where in `ended` the oldest flow is whose row is kept. */
  #kept = 0;

  constructor(options: FlowIntakeOptions) {
    const { maxFlows, keyByInterface, timeouts, splits, shared } = options;
    this.#keepBatches = options.keepBatches ?? 0;
    this.#leavesHealth = options.leavesHealth ?? false;
    this.#endedIn = new Uint32Array(Math.max(1, this.#keepBatches));
    this.ended = shared?.ended ?? new Uint32Array(maxFlows);
    this.flows = new FlowTable({
      capacity: maxFlows,
      keepEnded: this.#keepBatches > 0,
      reserve: Math.min(maxFlows >> 1, (this.#keepBatches + 1) * BATCH_ROWS),
      ...(shared === undefined ? {} : { columns: shared.columns }),
      ...(splits === undefined ? {} : { splits }),
      ...(keyByInterface === undefined ? {} : { keyByInterface }),
      ...(timeouts === undefined ? {} : { timeouts }),
    });
    this.health = new FlowHealthMeter(shared?.health ?? maxFlows);
  }

  /** Decodes the batch and finds its flows. */
  take(batch: FrameBatch): void {
    if (this.#keepBatches > 0) this.#nextBatch();
    pumpFlows(batch, this.flows, this.tally, this.#leavesHealth ? undefined : this.health, this.clock);
    this.#collectEnded();
  }

  /** Time has come to `nowUs`: flows that were silent too long end. */
  advance(nowUs: number): void {
    this.clock.start();
    this.flows.advance(nowUs);
    this.#collectEnded();
    this.clock.lap(STAGE_FLOWS);
  }

  /** The input is over: ends up to `max` flows; false when none was left. */
  endSome(max: number): boolean {
    const hasEnded = this.flows.endSome(max);
    this.#collectEnded();
    return hasEnded;
  }

  #nextBatch(): void {
    const slot = this.#batch % this.#keepBatches;
    this.#batch += 1;
    for (let left = this.#endedIn[slot]!; left > 0; left--) {
      this.flows.release(this.ended[this.#kept]!);
      this.#kept = this.#kept + 1 === this.ended.length ? 0 : this.#kept + 1;
    }
    this.#endedIn[slot] = 0;
  }

  #collectEnded(): void {
    const { flows, ended } = this;
    let at = this.endedStart + this.endedCount;
    if (at >= ended.length) at -= ended.length;
    this.endedStart = at;
    this.endedCount = flows.endedCount;
    for (let i = 0; i < flows.endedCount; i++) {
      ended[at] = flows.ended[i]!;
      at = at + 1 === ended.length ? 0 : at + 1;
    }
    if (this.#keepBatches > 0 && this.#batch > 0) {
      const slot = (this.#batch - 1) % this.#keepBatches;
      this.#endedIn[slot] = this.#endedIn[slot]! + flows.endedCount;
    }
    flows.clearEnded();
  }
}
