// Whose traffic it was: rows of applications, and of the processes they are made of. Owns: both tables, and the owner behind a row.
// Must not know flows. Bound: MAX_ROWS applications, and that of LiveProcesses.
import type { FlowOwner } from '../api/events.js';
import type { Zone } from '../kernel/traffic-words.js';
import { LiveProcesses } from './live-processes.js';
import type { LiveProcess } from './live-snapshot.js';
import { type Owned, ownedBy } from './owner-key.js';
import { partNumber } from './traffic-part.js';
import { addTraffic, type Movement, type RunningRow, TrafficTable } from './traffic-table.js';

const MAX_ROWS = 4096;

/** An owner, and its rows in one interval. */
export interface OwnedRows extends Owned {
  /** They were looked up in this one; 0: never. */
  interval: number;
  app: RunningRow | undefined;
  /** Undefined also of owners that are no process. */
  process: RunningRow | undefined;
}

export class OwnerRows {
  readonly #apps = new TrafficTable(MAX_ROWS);
  readonly #processes = new LiveProcesses();
  readonly #owners = new Map<string, FlowOwner>();
  #last: OwnedRows | undefined;
  /** Number of the interval: rows stay where they are for as long as one lasts. */
  #interval = 1;

  /** What is forwarded is one owner for many flows. */
  owned(owner: FlowOwner): OwnedRows {
    if (this.#last?.owner !== owner)
      this.#last = { ...ownedBy(owner), interval: 0, app: undefined, process: undefined };
    return this.#last;
  }

  /** Of traffic of this interface and zone. */
  add(owned: OwnedRows, moved: Movement, interfaceId: number, zone: Zone): void {
    const { app, process } = this.#find(owned);
    addTraffic(app!, moved, partNumber(interfaceId, zone, owned.owner.quality));
    if (process !== undefined) addTraffic(process, moved);
  }

  /** A flow of this owner is alive. */
  countLive(owned: OwnedRows): void {
    const { app, process } = this.#find(owned);
    app!.flows += 1;
    if (process !== undefined) process.flows += 1;
  }

  /** Valid until `reset`. */
  apps(): readonly RunningRow[] {
    return this.#apps.sorted();
  }

  ownerOf(row: RunningRow): FlowOwner {
    return this.#owners.get(row.name) ?? { app: row.name, quality: 'unknown' };
  }

  /** Closes the interval of the processes. */
  takeProcesses(isRunning: (owner: FlowOwner) => boolean, maxRows?: number): LiveProcess[] {
    return this.#processes.take(isRunning, (appKey) => this.#apps.has(appKey), maxRows);
  }

  reset(): void {
    this.#interval += 1;
    this.#apps.prune();
    this.#apps.reset();
    if (this.#owners.size <= MAX_ROWS) return;
    // Owners whose row was merged into "other" need no name any more.
    for (const key of this.#owners.keys()) if (!this.#apps.has(key)) this.#owners.delete(key);
  }

  #find(owned: OwnedRows): OwnedRows {
    if (owned.interval === this.#interval) return owned;
    if (!this.#owners.has(owned.appKey)) this.#owners.set(owned.appKey, owned.owner);
    owned.app = this.#apps.row(owned.appKey);
    owned.process = this.#processes.row(owned);
    owned.interval = this.#interval;
    return owned;
  }
}
