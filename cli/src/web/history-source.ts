// The store as the web server reads it. Owns: that it is opened when it is there, at the first question after; and that the recorder is
// asked to write what it holds, but never for longer than a person waits. Must not know what is asked. Bound: one open store.
import { openStore, type StoreOptions } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';

/** The recorder writes when it is asked to, at most so often. */
const FLUSH_EVERY_MS = 5000;
/** The first to ask after a pause waits for what is measured to be written; who asks again and again does not. */
const PAUSE_MS = 10_000;
const MAX_WAIT_MS = 300;

export class HistorySource {
  #options: StoreOptions;
  #store: Store | undefined;
  #flushMs = Number.NEGATIVE_INFINITY;
  #flushing: Promise<void> | undefined;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  get dir(): string {
    return this.#options.dir;
  }

  get options(): StoreOptions {
    return this.#options;
  }

  /** Raises KAIPO_STORE_MISSING before anything was recorded, and what else openStore raises. */
  get(): Store {
    this.#store ??= openStore({ ...this.#options, readOnly: true });
    return this.#store;
  }

  /** The same, with what was measured until now as far as the recorder answers in time. */
  async fresh(): Promise<Store> {
    const store = this.get();
    const sinceMs = performance.now() - this.#flushMs;
    if (sinceMs >= FLUSH_EVERY_MS && this.#flushing === undefined) {
      const { writer } = store.info();
      this.#flushMs = performance.now();
      if (writer?.socket === undefined) return store;
      const { requestWriter } = await import('../live/recorder-control.js');
      this.#flushing = requestWriter(writer, 'flush', { timeoutMs: FLUSH_EVERY_MS })
        // Not answered: what is in the store is the answer.
        .then(
          () => undefined,
          () => undefined,
        )
        .finally(() => {
          this.#flushing = undefined;
        });
    }
    if (this.#flushing !== undefined && sinceMs >= PAUSE_MS) await withinMs(this.#flushing, MAX_WAIT_MS);
    return this.get();
  }

  /** Another store, or another key, from now on. */
  async use(options: StoreOptions): Promise<void> {
    if (JSON.stringify(options) === JSON.stringify(this.#options)) return;
    this.#options = options;
    await this.close();
  }

  async close(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    await store?.close();
  }
}

async function withinMs(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
