// Interval after interval, of live and of the daemon. Owns the rhythm and the order of the end. Must not know what is shown.
// Bound: one interval at a time; a late one is one long interval, never several short ones.
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import type { LiveInterval, LiveSession } from './live-session.js';
import type { Recorder } from './recorder.js';
import type { Ending, RunEnd } from './run-end.js';

/** An interval that began this long ago is new enough for whoever asks what is now. */
const FRESH_MS = 1000;

export interface RecorderLoopOptions {
  readonly session: LiveSession;
  /** Undefined: nothing is recorded. */
  readonly recorder: Recorder | undefined;
  readonly end: RunEnd;
  readonly intervalMs: number;
  /** Ends the loop before the run ends; asked when woken. */
  isStopped?(): boolean;
  onInterval(interval: LiveInterval): void;
}

export class RecorderLoop {
  intervalMs: number;
  readonly #options: RecorderLoopOptions;
  #takenMs = performance.now();
  #isAskedFor = false;
  #waiters: (() => void)[] = [];

  constructor(options: RecorderLoopOptions) {
    this.#options = options;
    this.intervalMs = options.intervalMs;
  }

  /** Until something ends the run or the loop. */
  async run(): Promise<Ending> {
    const { end } = this.#options;
    let dueMs = performance.now() + this.intervalMs;
    for (;;) {
      await end.waitUntil(dueMs);
      if (end.given !== undefined) return end.given;
      if (this.#options.isStopped?.() === true) return { exitCode: EXIT_OK };
      // Woken because the interval has another length now.
      if (!this.#isAskedFor && performance.now() < dueMs) {
        dueMs = Math.min(dueMs, performance.now() + this.intervalMs);
        continue;
      }
      await this.take();
      dueMs = Math.max(dueMs + this.intervalMs, performance.now());
      // Asked for in the middle of an interval: the next one is not short for that.
      if (dueMs - performance.now() > this.intervalMs) dueMs -= this.intervalMs;
    }
  }

  /** Closes the interval at hand and records it. */
  async take(): Promise<LiveInterval> {
    const { session, recorder } = this.#options;
    this.#isAskedFor = false;
    const interval = await session.takeInterval(recorder?.recording ?? { state: 'off' });
    this.#takenMs = performance.now();
    recorder?.record(interval);
    this.#options.onInterval(interval);
    for (const resolve of this.#waiters.splice(0)) resolve();
    return interval;
  }

  /** Resolves when what was measured until now (but for a second) is recorded: an interval that is older is closed now. */
  async freshen(): Promise<void> {
    if (performance.now() - this.#takenMs < FRESH_MS || this.#options.end.given !== undefined) return;
    const taken = new Promise<void>((resolve) => this.#waiters.push(resolve));
    this.#isAskedFor = true;
    this.#options.end.wake();
    await taken;
  }

  /** The run has ended: what is left of the last interval, and the flows that were still alive. */
  async finish(): Promise<void> {
    const { session, recorder } = this.#options;
    await this.take();
    if (recorder === undefined) return;
    for (let ended = session.finishSome(); ended.length > 0; ended = session.finishSome()) {
      await recorder.recordFlows(ended);
    }
  }
}
