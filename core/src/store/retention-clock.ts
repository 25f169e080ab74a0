// The time history is old by. Owns: how fast it goes on. Must not know: buckets, files. The clock of the machine does not do: set a year
// ahead for a moment while something is recorded, it would make all detail old at once, and that is gone for good. So this time follows
// the clock and the newest row, but not faster than time is recorded, with enough to spare that a long absence is caught up soon.
// What is pruned late costs space for a while, which the byte budget bounds.
import type { IntervalRecord } from '../api/interval-record.js';
import type { StoreState } from './store-state.js';

const US_PER_S = 1_000_000;
/** Between two intervals so much is believed to have passed; more may be a clock that was set. */
const MAX_GAP_S = 3600;
/** A second that is recorded makes history older by at most this many: an absence of a month is caught up in a day. */
const MAX_PACE = 30;

export class RetentionClock {
  #allowedS = 0;

  /** An interval that is about to be inserted: `state` does not have it yet. */
  add(state: StoreState, { startUs, endUs, isCaughtUp }: IntervalRecord): void {
    // A store of before this clock was kept: what it has already is as old as it says.
    if (state.agedToS < 0 && state.newestS >= 0) state.agedToS = state.newestS;
    // What was caught up is as long as the clocks say: nobody watched.
    if (isCaughtUp === true) return;
    const gapS = startUs / US_PER_S - state.newestS;
    this.#allowedS += Math.min(Math.max(0, gapS), MAX_GAP_S) + (MAX_PACE * Math.max(0, endUs - startUs)) / US_PER_S;
  }

  /**
   * Goes on, once a transaction. Answers the second that retention is counted from.
   * @param clockS of the machine: rows may lie ahead of it.
   */
  advance(state: StoreState, clockS: number): number {
    const reachedS = Math.min(state.newestS, clockS);
    state.agedToS = Math.floor(state.agedToS < 0 ? reachedS : Math.min(reachedS, state.agedToS + this.#allowedS));
    this.#allowedS = 0;
    return state.agedToS;
  }
}
