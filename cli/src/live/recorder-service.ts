// A recorder that others can speak to: the recorder of a store and its control socket, of live and of the daemon.
// Owns the order in which they are opened and closed. Must not know screens. Bound: that of its parts.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import type { StoreOptions } from '@kaipo/core/store/lmdb-store.js';
import type { LiveSession } from './live-session.js';
import { openRecorder, type Recorder, type RecorderOptions } from './recorder.js';
import { CONTROL_PROTOCOL, type RecorderStatus } from './recorder-control-frames.js';
import { prepareControlPath } from './recorder-control-path.js';
import { RecorderControl } from './recorder-control-server.js';
import type { RecorderLoop } from './recorder-loop.js';

export class RecorderService {
  readonly recorder: Recorder;
  readonly #path: string | undefined;
  readonly #sinceS = Date.now() / 1000;
  readonly #options: RecorderOptions;
  readonly #storeOptions: StoreOptions;
  #control: RecorderControl | undefined;
  #reports: (() => NonNullable<RecorderStatus['reports']>) | undefined;

  /** Takes the store. Raises what openStore raises: KAIPO_STORE_BUSY when another process has it. */
  constructor(storeOptions: StoreOptions, options: RecorderOptions) {
    this.#options = options;
    this.#storeOptions = storeOptions;
    const { path, note } = prepareControlPath(storeOptions.dir);
    this.#path = path;
    this.recorder = openRecorder(this.#named(storeOptions), options);
    if (note !== undefined) options.onNotice('warning', note);
  }

  /** Begins to answer. `reload`: carries out a reload; undefined where there is no configuration to read again. */
  async open(
    loop: RecorderLoop,
    session: Pick<LiveSession, 'addViewer'>,
    reload: (() => Promise<Record<string, unknown>>) | undefined,
  ): Promise<void> {
    if (this.#path === undefined) return;
    const control = new RecorderControl(this.#path, {
      status: () => this.#status(loop),
      addViewer: () => session.addViewer(),
      flush: async () => {
        await loop.freshen();
        await this.recorder.flush();
      },
      alerts: (change) => this.recorder.changeAlerts(change),
      compact: async () => ({ ...(await this.recorder.compact()) }),
      reload: () => {
        if (reload !== undefined) return reload();
        throw new KaipoError('KAIPO_USAGE', 'kaipo live records there, and reads its configuration at the start only');
      },
    });
    try {
      await control.open();
      this.#control = control;
    } catch (error) {
      this.#options.onNotice('warning', `no control socket, live cannot attach: ${(error as Error).message}`);
    }
  }

  /** From now on its status tells of the reports it makes. */
  countReports(counts: () => NonNullable<RecorderStatus['reports']>): void {
    this.#reports = counts;
  }

  publish(snapshot: LiveSnapshot): void {
    this.#control?.publish(snapshot);
  }

  /** Goes on with other limits; the place and the key stay, they belong to the files that are open. */
  reopen(limits: StoreOptions): Promise<void> {
    const { key: _key, keyFile: _keyFile, ...others } = limits;
    const { dir, key, keyFile } = this.#storeOptions;
    const kept = { dir, ...(key !== undefined && { key }), ...(keyFile !== undefined && { keyFile }) };
    return this.recorder.reopen(this.#named({ ...others, ...kept }));
  }

  /** Writes what waits, tells who watches, gives the store back. */
  async close(): Promise<void> {
    await this.recorder.close();
    await this.#control?.close();
  }

  #named(storeOptions: StoreOptions): StoreOptions {
    return { ...storeOptions, ...(this.#path !== undefined && { controlSocket: this.#path }) };
  }

  #status(loop: RecorderLoop): RecorderStatus {
    return {
      pid: process.pid,
      protocol: CONTROL_PROTOCOL,
      since: this.#sinceS,
      store: this.recorder.dir,
      pollIntervalS: loop.intervalMs / 1000,
      batchIntervalS: this.recorder.batchMs / 1000,
      recording: this.recorder.recording,
      ...this.recorder.counts,
      ...(this.#reports !== undefined && { reports: this.#reports() }),
    };
  }
}
