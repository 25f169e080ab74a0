// Live intervals into the store. Owns: one append at a time and what to do when the store cannot. Never stops the monitor.
// Bound: MAX_WAITING intervals wait for a slow disk; more are lost, counted and said.
import type { FlowEnded } from '@kaipo/core/api/index.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { emptyInterval, type IntervalRecord } from '@kaipo/core/store/interval-record.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import type { LiveInterval } from './live-session.js';

const MAX_WAITING = 60;

export class Recorder {
  readonly #store: Store;
  readonly #onNotice: (text: string) => void;
  #waiting = 0;
  #lost = 0;
  #lostFlows = 0;
  #wasFull = false;
  #queue: Promise<void> = Promise.resolve();

  constructor(store: Store, onNotice: (text: string) => void) {
    this.#store = store;
    this.#onNotice = onNotice;
  }

  get recording(): LiveSnapshot['recording'] {
    if (this.#store.state === 'recording') return { state: 'recording', detail: this.#store.dir };
    return { state: 'read-only', detail: this.#store.stateDetail ?? 'the store takes no more data' };
  }

  record(interval: LiveInterval): void {
    if (this.#waiting >= MAX_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#waiting += 1;
    const record = intervalRecord(interval);
    this.#queue = this.#queue.then(async () => {
      try {
        await this.#store.append({ intervals: [record], ended: interval.ended, names: interval.names });
        if (this.#wasFull) this.#onNotice('the store records again');
        this.#wasFull = false;
      } catch (error) {
        if (!this.#wasFull)
          this.#onNotice(error instanceof KaipoError ? error.message : `the store failed: ${String(error)}`);
        this.#wasFull = true;
        this.#lost += 1;
      } finally {
        this.#waiting -= 1;
      }
    });
  }

  /** Flows that ended with the run, at its last moment; resolves when they are written, so that pieces do not pile up. */
  async recordFlows(snapshot: LiveSnapshot, ended: readonly FlowEnded[]): Promise<void> {
    await this.#queue;
    try {
      await this.#store.append({ intervals: [emptyInterval(snapshot.tsUs, snapshot.rung)], ended });
    } catch {
      this.#lostFlows += ended.length;
    }
  }

  /** Says on stderr what could not be recorded: no screen is left to say it. */
  async close(): Promise<void> {
    await this.#queue;
    await this.#store.close();
    if (this.#lost > 0) process.stderr.write(`kaipo: ${this.#lost} intervals were not recorded\n`);
    if (this.#lostFlows > 0) process.stderr.write(`kaipo: ${this.#lostFlows} flows were not recorded\n`);
  }
}

/** Throws KaipoError when the store cannot be written: another recorder has it, no permission, damaged. */
export function openRecorder(dir: string, onNotice: (text: string) => void): Recorder {
  return new Recorder(openStore({ dir }), onNotice);
}

function intervalRecord(interval: LiveInterval): IntervalRecord {
  const { snapshot, movement } = interval;
  return {
    startUs: interval.startUs,
    endUs: snapshot.tsUs,
    mode: snapshot.rung,
    interfaces: snapshot.interfaces,
    apps: movement.allApps.map(({ app, flowsStarted, ...row }) => ({ ...row, name: app, flows: flowsStarted })),
    protocols: movement.allProtocols.map(({ flowsStarted, ...row }) => ({ ...row, flows: flowsStarted })),
    hosts: movement.allHosts.map(({ ip, flowsStarted, ...row }) => ({ ...row, name: ip, flows: flowsStarted })),
    capture: snapshot.capture,
    unknown: [],
    books: [
      { interface: '', category: 'kernel', reason: 'none', bytes: snapshot.books.kernelBytes },
      { interface: '', category: 'attributed', reason: 'none', bytes: snapshot.books.attributedBytes },
      { interface: '', category: 'unknown', reason: 'no-socket', bytes: snapshot.books.unknownBytes },
      { interface: '', category: 'not-captured', reason: 'unexplained', bytes: snapshot.books.notCapturedBytes },
      { interface: '', category: 'in-flight', reason: 'none', bytes: snapshot.books.inFlightBytes },
    ],
  };
}
