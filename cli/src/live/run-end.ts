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
/** A closed terminal ends a run as orderly as a service manager does; to a service it means: read the configuration again. */
const SIGNALS = [
  ['SIGINT', EXIT_SIGINT],
  ['SIGTERM', EXIT_SIGTERM],
  ['SIGHUP', EXIT_SIGTERM],
] as const;

export interface RunEndOptions {
  /** How long the run may take; undefined: until something ends it. */
  readonly durationS?: number | undefined;
  /** What SIGHUP does instead of ending the run. */
  readonly onHangup?: () => void;
}

export class RunEnd {
  readonly #abort = new AbortController();
  readonly #endMs: number;
  readonly #listeners: (() => void)[] = [];
  #given: Ending | undefined;
  #wake = new AbortController();

  constructor(options: RunEndOptions = {}) {
    const { durationS, onHangup } = options;
    this.#endMs = durationS === undefined ? Number.POSITIVE_INFINITY : performance.now() + durationS * 1000;
    for (const [signal, exitCode] of SIGNALS) {
      const onSignal = signal === 'SIGHUP' && onHangup !== undefined ? onHangup : (): void => this.end({ exitCode });
      process.on(signal, onSignal);
      this.#listeners.push(() => process.off(signal, onSignal));
    }
  }

  end(ending: Ending): void {
    this.#given ??= ending;
    this.#abort.abort();
    this.#wake.abort();
  }

  /** The reason, once there is one. */
  get given(): Ending | undefined {
    if (this.#given === undefined && performance.now() >= this.#endMs) this.#given = { exitCode: EXIT_OK };
    return this.#given;
  }

  /** Aborted when the run is ended; not when its duration is over. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whoever waits goes on at once. */
  wake(): void {
    this.#wake.abort();
  }

  /**
   * Resolves at `untilMs` of performance.now(), at wake(), or as soon as the run has ended. The wall clock may jump meanwhile.
   */
  async waitUntil(untilMs: number): Promise<void> {
    const wakeMs = Math.min(untilMs, this.#endMs);
    while (this.given === undefined && performance.now() < wakeMs && !this.#wake.signal.aborted) {
      const waitMs = Math.min(Math.ceil(wakeMs - performance.now()), MAX_TIMER_MS);
      // Aborted: woken, which the loop sees by itself.
      await sleep(waitMs, undefined, { signal: this.#wake.signal }).catch(() => undefined);
    }
    if (this.#wake.signal.aborted && this.#given === undefined) this.#wake = new AbortController();
  }

  /** Gives the signals back. */
  release(): void {
    for (const remove of this.#listeners.splice(0)) remove();
  }
}
