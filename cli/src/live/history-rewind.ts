// The past for the live screen: pictures from the store, beside whoever records into it. Owns opening it, the words for where it is,
// and that what waits to be written is asked for. Must not know keys or drawing. Bound: one reader; a picture at a time.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import {
  type PastSample,
  RewindCursor,
  type RewindOptions,
  type RewindPicture,
} from '@kaipo/core/query/rewind/rewind-cursor.js';
import { openStore, type StoreOptions } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { checkInterfaces } from '../history/check-interfaces.js';
import { pastLabel } from '../tui/past-label.js';

export interface PastPicture {
  readonly snapshot: LiveSnapshot;
  /** For the graph: what led to it, oldest first. */
  readonly samples: readonly PastSample[];
  /** `1 s at Sat 21 Nov 03:10:05`; at an end it says so. */
  readonly label: string;
  /** The move was stopped: history begins or ends here, or nothing of what was looked for is there. */
  readonly isEdge: boolean;
}

const STOPS: Readonly<Record<NonNullable<RewindPicture['stop']>, string>> = {
  oldest: 'history begins here',
  newest: 'the newest that is recorded',
  'none-found': 'no alert, loss or gap further on',
};
/** The same flush is not asked for at every key that repeats. */
const FLUSH_EVERY_MS = 1000;

/** Opens the store at the first move; every move may raise what openStore raises, and KAIPO_STORE_MISSING for an empty one. */
export class HistoryRewind {
  readonly #storeOptions: StoreOptions;
  readonly #options: RewindOptions;
  #opened: { readonly store: Store; readonly cursor: RewindCursor } | undefined;
  #flushedMs = Number.NEGATIVE_INFINITY;

  /** `storeOptions`: as the history commands have them, key and all. */
  constructor(storeOptions: StoreOptions, options: RewindOptions = {}) {
    this.#storeOptions = storeOptions;
    this.#options = options;
  }

  /** The picture that contains the moment, or the nearest end. */
  show(atUs: number, samples?: number): PastPicture {
    return this.#picture(this.#cursor().at(atUs, samples));
  }

  /** By pictures; see RewindCursor.step. Undefined: beyond the newest, which is now. */
  step(count: number, samples?: number): PastPicture | undefined {
    const picture = this.#cursor().step(count, samples);
    if (picture?.stop !== 'newest') return this.#picture(picture);
    this.leave();
    return undefined;
  }

  /** To the next or (negative) the previous moment worth a look. */
  alert(direction: number, samples?: number): PastPicture {
    return this.#picture(this.#cursor().notable(direction < 0 ? 'previous' : 'next', samples));
  }

  /** The newest that is recorded. */
  now(samples?: number): PastPicture {
    return this.#picture(this.#cursor().now(samples));
  }

  /** The live screen is back at now: the next step back begins there. */
  leave(): void {
    this.#opened?.cursor.leave();
  }

  /** What was measured until now is written, if somebody records; resolves at the latest after some time. */
  async refresh(timeoutMs = 1000): Promise<void> {
    this.#cursor();
    const writer = this.#opened?.store.info().writer;
    this.#flushedMs = performance.now();
    if (writer?.socket === undefined) return;
    const { requestWriter } = await import('./recorder-control.js');
    await requestWriter(writer, 'flush', { timeoutMs }).catch(() => undefined);
  }

  /** Raises KAIPO_NO_INTERFACE when one that is to be shown was never recorded. */
  checkInterfaces(): void {
    this.#cursor();
    if (this.#opened !== undefined) checkInterfaces(this.#opened.store, this.#options.interfaces ?? []);
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.store.close();
  }

  #cursor(): RewindCursor {
    if (this.#opened === undefined) {
      const store = openStore({ ...this.#storeOptions, readOnly: true });
      this.#opened = { store, cursor: new RewindCursor(store, this.#options) };
    }
    return this.#opened.cursor;
  }

  #picture(picture: RewindPicture | undefined): PastPicture {
    if (picture === undefined) {
      // Who has just begun to record has written nothing yet.
      void this.refresh().catch(() => undefined);
      const { dir } = this.#storeOptions;
      throw new KaipoError('KAIPO_STORE_MISSING', `nothing is recorded yet in ${dir}`, 'kaipo daemon');
    }
    // The newest may still wait to be written: it is there for the next move.
    if (performance.now() - this.#flushedMs > FLUSH_EVERY_MS) void this.refresh().catch(() => undefined);
    const { snapshot, samples, stop } = picture;
    const label = pastLabel(snapshot);
    return {
      snapshot,
      samples,
      label: stop === undefined ? label : `${label}, ${STOPS[stop]}`,
      isEdge: stop !== undefined,
    };
  }
}
