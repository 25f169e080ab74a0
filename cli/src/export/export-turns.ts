// Long writing in turns with the event loop, so that a signal is heard while a file is written. Owns: what a signal ends with.
// Must not know rows or files. Without a file nothing is left behind, and the signal ends the process at once as it always does.
import { setImmediate } from 'node:timers/promises';
import { EXIT_SIGINT, EXIT_SIGTERM } from '@kaipo/core/kernel/exit-codes.js';

/** A signal came: nothing is printed, the process ends with this code. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('interrupted');
    this.exitCode = exitCode;
  }
}

const SIGNALS = [
  ['SIGINT', EXIT_SIGINT],
  ['SIGTERM', EXIT_SIGTERM],
  ['SIGHUP', EXIT_SIGTERM],
] as const;
const TURN_MS = 40;
/** Looking at the clock costs more than a row. */
const ROWS_A_LOOK = 64;

export class ExportTurns {
  readonly #listeners: (() => void)[] = [];
  #exitCode: number | undefined;
  #turnMs = performance.now();

  /** Listens from now on; a second signal ends the process at once. */
  listen(): void {
    for (const [signal, exitCode] of SIGNALS) {
      const onSignal = (): void => {
        this.#exitCode ??= exitCode;
      };
      process.once(signal, onSignal);
      this.#listeners.push(() => process.off(signal, onSignal));
    }
  }

  /** The same rows. Raises Interrupted after a signal. */
  async *rows<Row>(rows: Iterable<Row>): AsyncGenerator<Row> {
    let count = 0;
    for (const row of rows) {
      if (count++ % ROWS_A_LOOK === 0) await this.#turn();
      yield row;
    }
  }

  close(): void {
    for (const remove of this.#listeners) remove();
  }

  async #turn(): Promise<void> {
    if (performance.now() - this.#turnMs < TURN_MS) return;
    await setImmediate();
    this.#turnMs = performance.now();
    if (this.#exitCode !== undefined) throw new Interrupted(this.#exitCode);
  }
}
