// How many rows the lists of a snapshot have at most. Owns: the two measures there are.
// FEW_ROWS is what a record, a text block and a page show, and what is made when nobody looks. MANY_ROWS is for a dashboard that scrolls
// and filters: 10,000 flows are some 4 MB of memory a snapshot; what they cost an interval is in `live-rows.bench.ts`.
import type { LiveSnapshot } from './live-snapshot.js';

export interface ListBounds {
  readonly apps: number;
  /** Those that run; of those that ended as many again. */
  readonly processes: number;
  readonly flows: number;
  readonly hosts: number;
  readonly protocols: number;
}

export const FEW_ROWS: ListBounds = { apps: 200, processes: 200, flows: 200, hosts: 200, protocols: 200 };
export const MANY_ROWS: ListBounds = { apps: 1000, processes: 1000, flows: 10_000, hosts: 4096, protocols: 1000 };

/** The same with fewer rows, and without what one viewer watches. */
export function narrowSnapshot(snapshot: LiveSnapshot, bounds: ListBounds = FEW_ROWS): LiveSnapshot {
  const { details: _, processes, ...rest } = snapshot;
  const running = processes?.filter(({ pid }) => pid !== undefined).slice(0, bounds.processes);
  const ended = processes?.filter(({ pid }) => pid === undefined).slice(0, bounds.processes);
  return {
    ...rest,
    apps: rest.apps.slice(0, bounds.apps),
    ...(running === undefined || ended === undefined ? {} : { processes: [...running, ...ended] }),
    flows: rest.flows.slice(0, bounds.flows),
    hosts: rest.hosts.slice(0, bounds.hosts),
    protocols: rest.protocols.slice(0, bounds.protocols),
  };
}
