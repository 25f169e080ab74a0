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

export class OwnerRows {
  readonly #apps = new TrafficTable(MAX_ROWS);
  readonly #processes = new LiveProcesses();
  readonly #owners = new Map<string, FlowOwner>();
  #last: Owned | undefined;

  /** What is forwarded is one owner for many flows. */
  owned(owner: FlowOwner): Owned {
    if (this.#last?.owner !== owner) this.#last = ownedBy(owner);
    return this.#last;
  }

  /** Of traffic of this interface and zone. */
  add(owned: Owned, moved: Movement, interfaceId: number, zone: Zone): void {
    addTraffic(this.#appRow(owned), moved, partNumber(interfaceId, zone, owned.owner.quality));
    const process = this.#processes.row(owned);
    if (process !== undefined) addTraffic(process, moved);
  }

  /** A flow of this owner is alive. */
  countLive(owned: Owned): void {
    this.#appRow(owned).flows += 1;
    const process = this.#processes.row(owned);
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
  takeProcesses(isRunning: (owner: FlowOwner) => boolean): LiveProcess[] {
    return this.#processes.take(isRunning, (appKey) => this.#apps.has(appKey));
  }

  reset(): void {
    this.#apps.prune();
    this.#apps.reset();
    if (this.#owners.size <= MAX_ROWS) return;
    // Owners whose row was merged into "other" need no name any more.
    for (const key of this.#owners.keys()) if (!this.#apps.has(key)) this.#owners.delete(key);
  }

  #appRow({ owner, appKey }: Owned): RunningRow {
    if (!this.#owners.has(appKey)) this.#owners.set(appKey, owner);
    return this.#apps.row(appKey);
  }
}
