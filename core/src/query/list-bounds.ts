// How many rows the lists of a snapshot have at most. Owns: the two measures there are.
// FEW_ROWS is what a record, a text block and a page show, and what is made when nobody looks. MANY_ROWS is for a dashboard that scrolls
// and filters: 10,000 flows are some 4 MB of memory a snapshot; what they cost an interval is in `live-rows.bench.ts`.

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
