// What applications are made of: sums by process. Owns: the rows of processes, and when they are over and become one row of their
// application. Must not know flows or the operating system. Bounds: MAX_ROWS processes; as many rows of those that run, and of those that
// ended, as are asked for. What has no row any more is part of its application's all the same.
import type { FlowOwner, ParentProcess } from '../api/events.js';
import { FEW_ROWS } from './list-bounds.js';
import { shownSums } from './live-rows.js';
import type { LiveProcess } from './live-snapshot.js';
import type { Owned } from './owner-key.js';
import { intervalBytes, type RunningRow, TrafficTable } from './traffic-table.js';

const MAX_ROWS = 4096;

interface Known {
  /** As it was found last: more may be known by then. */
  owner: FlowOwner;
  readonly appKey: string;
}

/** Processes of one application that have ended. */
interface Ended {
  readonly owner: FlowOwner;
  /** Those of which nothing is left but their sums. */
  count: number;
  /** What started all of them; undefined when that is not the same process. */
  parents: readonly ParentProcess[] | undefined;
  txBytesTotal: number;
  rxBytesTotal: number;
}

type MutableRow = { -readonly [Key in keyof LiveProcess]: LiveProcess[Key] };

export class LiveProcesses {
  readonly #table = new TrafficTable(MAX_ROWS);
  readonly #known = new Map<string, Known>();
  readonly #ended = new Map<string, Ended>();

  /** The row of a process; undefined when the owner is none. */
  row({ owner, appKey, processKey: key }: Owned): RunningRow | undefined {
    if (owner.pid === undefined) return undefined;
    const row = this.#table.row(key);
    // The table is full: what it sums as "other" is nobody's.
    if (row.name !== key) return row;
    const known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, { owner, appKey });
    else known.owner = owner;
    return row;
  }

  /** Closes the interval. Largest first; rows of those that ended come last. */
  take(
    isRunning: (owner: FlowOwner) => boolean,
    hasApp: (appKey: string) => boolean,
    maxRows: number = FEW_ROWS.processes,
  ): LiveProcess[] {
    const shown: LiveProcess[] = [];
    const over = new Map<string, MutableRow>();
    for (const row of this.#table.sorted()) {
      const known = this.#known.get(row.name);
      if (known === undefined) continue;
      const { owner, appKey } = known;
      if (isRunning(owner)) {
        if (shown.length < maxRows) shown.push(liveRow(owner, row));
        continue;
      }
      addEnded(this.#overRow(over, appKey, owner), row, owner);
      if (row.flows === 0) this.#keepSums(row, known);
    }
    for (const [appKey, { owner }] of this.#ended) this.#overRow(over, appKey, owner);
    this.#table.prune();
    this.#table.reset();
    this.#forget(hasApp);
    const largest = [...over.values()].sort((a, b) => intervalBytes(b) - intervalBytes(a) || totalOf(b) - totalOf(a));
    return [...shown, ...largest.slice(0, maxRows)];
  }

  /** The row of what ended of an application, with what is left of those before. */
  #overRow(over: Map<string, MutableRow>, appKey: string, owner: FlowOwner): MutableRow {
    const made = over.get(appKey);
    if (made !== undefined) return made;
    const kept = this.#ended.get(appKey);
    const row: MutableRow = {
      ...whereOf(owner),
      quality: owner.quality,
      txBytes: 0,
      rxBytes: 0,
      txPackets: 0,
      rxPackets: 0,
      txBytesTotal: kept?.txBytesTotal ?? 0,
      rxBytesTotal: kept?.rxBytesTotal ?? 0,
      flows: 0,
      ended: kept?.count ?? 0,
      ...(kept?.parents === undefined ? {} : { parents: kept.parents }),
    };
    over.set(appKey, row);
    return row;
  }

  /** It has ended and so has its last flow: its sums are all that stays. */
  #keepSums(row: RunningRow, { owner, appKey }: Known): void {
    const kept = this.#ended.get(appKey) ?? { owner, count: 0, parents: undefined, txBytesTotal: 0, rxBytesTotal: 0 };
    kept.parents = sameParents(kept.count, kept.parents, owner.parents);
    kept.count += 1;
    kept.txBytesTotal += row.txBytesTotal;
    kept.rxBytesTotal += row.rxBytesTotal;
    this.#ended.set(appKey, kept);
    this.#known.delete(row.name);
    this.#table.remove(row.name);
  }

  /** An application without a row begins anew, and so do its processes; a process without a row needs no name. */
  #forget(hasApp: (appKey: string) => boolean): void {
    for (const appKey of this.#ended.keys()) if (!hasApp(appKey)) this.#ended.delete(appKey);
    for (const [key, { appKey }] of this.#known) {
      if (!hasApp(appKey)) this.#table.remove(key);
      if (!this.#table.has(key)) this.#known.delete(key);
    }
  }
}

function liveRow(owner: FlowOwner, row: RunningRow): LiveProcess {
  const { pid, exe, quality, startUs, parents } = owner;
  return {
    ...whereOf(owner),
    ...(pid === undefined ? {} : { pid }),
    ...(exe === undefined ? {} : { exe }),
    ...(startUs === undefined ? {} : { startUs }),
    ...(parents === undefined ? {} : { parents }),
    quality,
    ...shownSums(row),
  };
}

function whereOf({ app, user, unit, container }: FlowOwner): Pick<FlowOwner, 'app' | 'user' | 'unit' | 'container'> {
  return {
    app,
    ...(user === undefined ? {} : { user }),
    ...(unit === undefined ? {} : { unit }),
    ...(container === undefined ? {} : { container }),
  };
}

/** The parents of `count` processes and one more. */
function sameParents(count: number, all: Ended['parents'], next: Ended['parents']): Ended['parents'] {
  return count === 0 || all?.[0]?.pid === next?.[0]?.pid ? next : undefined;
}

function addEnded(into: MutableRow, row: RunningRow, owner: FlowOwner): void {
  const parents = sameParents(into.ended ?? 0, into.parents, owner.parents);
  if (parents === undefined) delete into.parents;
  else into.parents = parents;
  into.txBytes += row.txBytes;
  into.rxBytes += row.rxBytes;
  into.txPackets += row.txPackets;
  into.rxPackets += row.rxPackets;
  into.txBytesTotal += row.txBytesTotal;
  into.rxBytesTotal += row.rxBytesTotal;
  into.flows += row.flows;
  into.ended = (into.ended ?? 0) + 1;
}

const totalOf = (row: LiveProcess): number => row.txBytesTotal + row.rxBytesTotal;
