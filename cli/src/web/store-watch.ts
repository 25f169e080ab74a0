// What can be said of store and recorder without waiting: looked up at most once a second, however many ask. Owns that a question about
// health is answered at once: what takes longer is asked meanwhile, for the next one. Must not know HTTP. Bound: one answer of each.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import type { StoreInfo } from '@kaipo/core/store/store.js';
import type { WriterRecord } from '@kaipo/core/store/writer-lock.js';
import { askRecorderHealth, type RecorderHealth } from '../live/recorder-health.js';
import type { HistorySource } from './history-source.js';

/** What is true of a store holds for so long. */
const INFO_MS = 1000;
const ASK_EVERY_MS = 5000;
/** What a recorder said is not told any longer than this. */
const HEALTH_MS = 30_000;

export type StoreState = { readonly info: StoreInfo } | { readonly error: KaipoError };

export class StoreWatch {
  readonly #history: Pick<HistorySource, 'get'>;
  #state: StoreState | undefined;
  #stateMs = Number.NEGATIVE_INFINITY;
  #health: RecorderHealth | undefined;
  #healthMs = Number.NEGATIVE_INFINITY;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(history: Pick<HistorySource, 'get'>) {
    this.#history = history;
  }

  /** Never raises. */
  state(): StoreState {
    const nowMs = performance.now();
    if (this.#state === undefined || nowMs - this.#stateMs >= INFO_MS) {
      this.#state = this.#read();
      this.#stateMs = nowMs;
    }
    return this.#state;
  }

  /** Who records at the moment. */
  writer(): WriterRecord | undefined {
    const state = this.state();
    return 'info' in state ? state.info.writer : undefined;
  }

  /** What the recorder last said of itself; undefined: not asked yet, or it cannot be asked. */
  recorderHealth(): RecorderHealth | undefined {
    const nowMs = performance.now();
    const writer = this.writer();
    if (writer === undefined) {
      this.#health = undefined;
      return undefined;
    }
    if (nowMs - this.#askedMs >= ASK_EVERY_MS) {
      this.#askedMs = nowMs;
      void askRecorderHealth(writer).then((health) => {
        this.#health = health;
        this.#healthMs = performance.now();
      });
    }
    return nowMs - this.#healthMs < HEALTH_MS ? this.#health : undefined;
  }

  #read(): StoreState {
    try {
      return { info: this.#history.get().info() };
    } catch (error) {
      if (error instanceof KaipoError) return { error };
      return { error: new KaipoError('KAIPO_STORE_UNREADABLE', (error as Error).message) };
    }
  }
}
