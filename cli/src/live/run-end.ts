// What ends a live run, and waiting that ends with it. Owns: the first reason given; later ones change nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import type { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK, EXIT_SIGINT, EXIT_SIGTERM } from '@kaipo/core/kernel/exit-codes.js';

export interface Ending {
  readonly exitCode: number;
  readonly error?: KaipoError;
}

/** Longest time one timer can wait (a signed 32-bit number of milliseconds). */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** A closed terminal ends the run as orderly as a service manager does. */
const SIGNALS = [
  ['SIGINT', EXIT_SIGINT],
  ['SIGTERM', EXIT_SIGTERM],
  ['SIGHUP', EXIT_SIGTERM],
] as const;

export class RunEnd {
  readonly #abort = new AbortController();
  readonly #endMs: number;
  readonly #listeners: (() => void)[] = [];
  #given: Ending | undefined;

  /** `durationS`: how long the run may take; undefined: until something ends it. */
  constructor(durationS: number | undefined) {
    this.#endMs = durationS === undefined ? Number.POSITIVE_INFINITY : performance.now() + durationS * 1000;
    for (const [signal, exitCode] of SIGNALS) {
      const onSignal = (): void => this.end({ exitCode });
      process.on(signal, onSignal);
      this.#listeners.push(() => process.off(signal, onSignal));
    }
  }

  end(ending: Ending): void {
    this.#given ??= ending;
    this.#abort.abort();
  }

  /** The reason, once there is one. */
  get given(): Ending | undefined {
    if (this.#given === undefined && performance.now() >= this.#endMs) this.#given = { exitCode: EXIT_OK };
    return this.#given;
  }

  /** Resolves at `untilMs` of performance.now(), or as soon as the run has ended. The wall clock may jump meanwhile. */
  async waitUntil(untilMs: number): Promise<void> {
    const wakeMs = Math.min(untilMs, this.#endMs);
    while (this.given === undefined && performance.now() < wakeMs) {
      const waitMs = Math.min(Math.ceil(wakeMs - performance.now()), MAX_TIMER_MS);
      // Aborted: the run has ended, which the loop sees by itself.
      await sleep(waitMs, undefined, { signal: this.#abort.signal }).catch(() => undefined);
    }
  }

  /** Gives the signals back. */
  release(): void {
    for (const remove of this.#listeners.splice(0)) remove();
  }
}
