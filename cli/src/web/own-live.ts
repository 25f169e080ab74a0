// What this machine moves while no recorder runs: interface counters and the socket table, without any privilege. Owns the rhythm and the
// end. Records nothing. Must not know who looks. Bound: one interval at a time; a late one is one long interval, never several short ones.
import { setTimeout as sleep } from 'node:timers/promises';
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { LiveSession } from '../live/live-session.js';

const INTERVAL_MS = 1000;
/** Whoever asks first does not wait for a whole one. */
const FIRST_MS = 300;
const NOT_RECORDING: LiveSnapshot['recording'] = { state: 'off', detail: 'no recorder runs' };

export class OwnLive {
  readonly #stop = new AbortController();
  readonly #run: Promise<void>;

  /** Begins at once. `onFailure`: it has ended by itself. */
  constructor(config: KaipoConfig, onSnapshot: (snapshot: LiveSnapshot) => void, onFailure: (error: unknown) => void) {
    const session = new LiveSession({
      prepared: undefined,
      interfaces: config.capture.interfaces,
      counted: config.monitoring.interfaces,
      privacy: 'usage-only',
      rungFix: undefined,
      onCaptureEnd: () => undefined,
    });
    this.#run = this.#intervals(session, onSnapshot).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) onFailure(error);
    });
  }

  /** Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#run;
  }

  async #intervals(session: LiveSession, onSnapshot: (snapshot: LiveSnapshot) => void): Promise<void> {
    const { signal } = this.#stop;
    try {
      await session.start();
      let dueMs = performance.now() + FIRST_MS;
      for (;;) {
        await sleep(Math.max(0, dueMs - performance.now()), undefined, { signal });
        const { snapshot } = await session.takeInterval(NOT_RECORDING);
        signal.throwIfAborted();
        onSnapshot(snapshot);
        dueMs = Math.max(dueMs + INTERVAL_MS, performance.now());
      }
    } finally {
      await session.stop();
    }
  }
}
