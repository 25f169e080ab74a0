// Live intervals into the store, some at a time. Owns: when a batch is written, and what to do when the store cannot. Never stops the
// monitor. Bound: that of RecorderBacklog; what it gave up is counted and said.
import { type ChangedAlerts, changeAlerts } from '@kaipo/core/alerts/alert-change.js';
import { AlertDesk } from '@kaipo/core/alerts/alert-desk.js';
import type { DeskSettings } from '@kaipo/core/alerts/desk-settings.js';
import type { AlertRaised, FlowEnded } from '@kaipo/core/api/index.js';
import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import type { LiveNotice, LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { storedDesk } from '@kaipo/core/store/desk-memory.js';
import { openStore, type StoreOptions } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import type { CompactAnswer } from '@kaipo/core/store/store-compact.js';
import { type RecordedInterval, RecorderBacklog } from './recorder-backlog.js';

/** How often a store that was full is tried again, when batches are written less often than that. */
const RETRY_MS = 5000;

export interface RecorderOptions {
  /** Time between writes; 0: every interval is written at once. */
  readonly batchMs: number;
  /** Who is told of alerts when. Absent: findings are not recorded. */
  readonly alerts?: DeskSettings;
  onNotice(severity: LiveNotice['severity'], text: string): void;
  /** The store takes nothing more, ever: another process has it, or it is damaged. Called once. */
  onFailure?(error: KaipoError): void;
}

export class Recorder {
  batchMs: number;
  readonly #options: RecorderOptions;
  readonly #backlog: RecorderBacklog;
  readonly #desk: AlertDesk | undefined;
  #store: Store;
  #writing: Promise<void> | undefined;
  /** The store is closed for a moment: nothing is written. */
  #reopening: Promise<void> | undefined;
  /** Resolves when the last one that was asked for is done. */
  #reopenings: Promise<void> = Promise.resolve();
  #isClosing = false;
  /** performance.now() of the next write. */
  #dueMs = 0;
  #isFull = false;
  #failure: KaipoError | undefined;
  #saidMerged = 0;
  #lostIntervals = 0;
  #lostFlows = 0;

  constructor(store: Store, options: RecorderOptions, backlog = new RecorderBacklog()) {
    this.#store = store;
    this.#options = options;
    this.#backlog = backlog;
    this.batchMs = options.batchMs;
    const { alerts: settings } = options;
    this.#desk = settings && new AlertDesk(wallClockUs(), { settings }, storedDesk(store));
  }

  /** From now on alerts are told by these. */
  set alerts(settings: DeskSettings) {
    if (this.#desk !== undefined) this.#desk.settings = settings;
  }

  get dir(): string {
    return this.#store.dir;
  }

  /** Where the counters stood when the store was written last; undefined in a new one. */
  baseline(): unknown {
    return this.#store.view((view) => view.baseline());
  }

  get recording(): LiveSnapshot['recording'] {
    if (this.#failure !== undefined) return { state: 'read-only', detail: this.#failure.message };
    if (!this.#isFull) return { state: 'recording', detail: this.#store.dir };
    const detail = this.#store.stateDetail ?? 'the store takes no more data';
    return { state: 'read-only', detail: `${detail} (${this.#backlog.intervals} intervals wait)` };
  }

  get counts(): { waitingIntervals: number; mergedIntervals: number; lostIntervals: number; lostFlows: number } {
    return {
      waitingIntervals: this.#backlog.intervals,
      mergedIntervals: this.#backlog.mergedIntervals,
      lostIntervals: this.#lostIntervals,
      lostFlows: this.#lostFlows + this.#backlog.lostFlows,
    };
  }

  /**
   * What moved before this run, as far as the counters tell, and where they stand now: one transaction, or the bytes would be there
   * twice after a crash in between. Resolves when it is written, or waits with what follows because the store is full.
   */
  async begin(caughtUp: readonly IntervalRecord[], baseline: unknown): Promise<void> {
    this.#backlog.begin(caughtUp, baseline);
    await this.flush().catch(() => undefined);
  }

  /** Never waits: writes in the background when it is time to. */
  record({ findings = [], ...interval }: RecordedInterval & { readonly findings?: readonly AlertRaised[] }): void {
    if (this.#failure !== undefined) {
      this.#lostIntervals += 1;
      this.#lostFlows += interval.ended.length;
      return;
    }
    const alerts = this.#desk?.take(findings, interval.record.endUs);
    const hasAlerts = alerts !== undefined && (alerts.incidents.length > 0 || alerts.desk !== undefined);
    this.#backlog.add(hasAlerts ? { ...interval, alerts } : interval);
    this.#sayMerged();
    // A full disk is not asked at every interval because the backlog is heavy: that is what it is then.
    const isDue = performance.now() >= this.#dueMs || (this.#backlog.isHeavy && !this.#isFull);
    if (isDue) this.#write().catch(() => undefined);
  }

  /** Resolves when everything recorded until now is committed; raises why not. */
  async flush(): Promise<void> {
    await this.#reopening;
    await this.#writing?.catch(() => undefined);
    if (this.#failure !== undefined) throw this.#failure;
    await this.#write();
  }

  /** Flows that ended with the run, at its last moment; resolves when they are written, so that pieces do not pile up. */
  async recordFlows(ended: readonly FlowEnded[]): Promise<void> {
    if (this.#failure !== undefined) this.#lostFlows += ended.length;
    else this.#backlog.addEvents(ended, []);
    await this.flush().catch(() => undefined);
  }

  /** Mutes, or acknowledges; resolves when it is written. Raises KAIPO_USAGE for what cannot be done. */
  async changeAlerts(change: unknown): Promise<ChangedAlerts> {
    if (this.#desk === undefined) throw new KaipoError('KAIPO_USAGE', 'this recorder keeps no alerts');
    // What waits is read from the store below.
    await this.flush();
    const changed = changeAlerts(this.#desk, change, wallClockUs(), (id) =>
      this.#store.view((view) => view.incident(id)),
    );
    this.#backlog.addAlerts(this.#desk.changes());
    await this.flush();
    return changed;
  }

  /** Rewrites the file of the store without its free pages; intervals wait meanwhile. */
  async compact(): Promise<CompactAnswer> {
    await this.flush();
    const { compactStore } = await import('@kaipo/core/store/store-compact.js');
    return compactStore(this.#store);
  }

  /** Closes the store and opens it with other options; intervals wait meanwhile. One after the other, and not after `close`. */
  reopen(storeOptions: StoreOptions): Promise<void> {
    this.#reopenings = this.#reopenings.then(async () => {
      if (this.#isClosing) return;
      await this.flush().catch(() => undefined);
      this.#reopening = this.#reopen(storeOptions);
      await this.#reopening;
      this.#reopening = undefined;
    });
    return this.#reopenings;
  }

  /** Says on stderr what could not be recorded: no screen is left to say it. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#reopenings;
    await this.flush().catch(() => undefined);
    await this.#store.close();
    this.#lostIntervals += this.#backlog.intervals;
    const { lostIntervals, lostFlows } = this.counts;
    if (lostIntervals > 0) process.stderr.write(`kaipo: ${lostIntervals} intervals were not recorded\n`);
    if (lostFlows > 0) process.stderr.write(`kaipo: ${lostFlows} flows were not recorded\n`);
  }

  async #reopen(storeOptions: StoreOptions): Promise<void> {
    try {
      await this.#store.close();
      this.#store = openStore(storeOptions);
    } catch (error) {
      this.#fail(error);
    }
  }

  #write(): Promise<void> {
    if (this.#reopening !== undefined) return Promise.resolve();
    this.#writing ??= this.#writeBatch().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#backlog.take();
    if (batch === undefined) return;
    this.#dueMs = performance.now() + this.batchMs;
    try {
      await this.#store.append(batch);
    } catch (error) {
      this.#backlog.putBack(batch);
      this.#dueMs = performance.now() + Math.min(this.batchMs, RETRY_MS);
      if (error instanceof KaipoError && error.code === 'KAIPO_STORE_FULL') this.#full(error);
      else this.#fail(error);
      throw error;
    }
    if (this.#isFull) this.#options.onNotice('warning', 'the store records again: everything that waited is in it');
    this.#isFull = false;
  }

  #full(error: KaipoError): void {
    if (!this.#isFull) this.#options.onNotice('critical', `${error.message}; what is measured waits in memory`);
    this.#isFull = true;
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure =
      error instanceof KaipoError
        ? error
        : new KaipoError('KAIPO_STORE_CORRUPT', `the store failed: ${String(error)}`, undefined, { cause: error });
    this.#lostIntervals += this.#backlog.intervals;
    this.#backlog.clear();
    this.#options.onNotice('critical', `history is no longer recorded: ${this.#failure.message}`);
    this.#options.onFailure?.(this.#failure);
  }

  #sayMerged(): void {
    const { mergedIntervals } = this.#backlog;
    if (mergedIntervals === this.#saidMerged) return;
    const newly = mergedIntervals - this.#saidMerged;
    this.#saidMerged = mergedIntervals;
    this.#options.onNotice(
      'warning',
      `${newly} waiting intervals were merged into longer ones: bytes are kept, detail is not`,
    );
  }
}

/** Throws KaipoError when the store cannot be written: another recorder has it, no permission, damaged. */
export function openRecorder(storeOptions: StoreOptions, options: RecorderOptions): Recorder {
  return new Recorder(openStore(storeOptions), options);
}
