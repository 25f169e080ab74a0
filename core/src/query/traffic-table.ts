// Running sums by name: of the interval, also by part, and since first seen. Must not know what a part is: the caller numbers them.
// Bound: `capacity` rows; when full, new names are summed under "other" and at the next tick the rows that matter least make room.
// What they had is counted in "other", so sums stay whole. Parts of a row: as many as numbers the caller has.

/** What of a row's interval has one number, such as that of the interface and zone it was seen in. */
export interface RowPart {
  readonly part: number;
  txBytes: number;
  rxBytes: number;
  txPackets: number;
  rxPackets: number;
  flowsStarted: number;
}

export interface RunningRow {
  readonly name: string;
  /** The interval's sums again, kept apart. They add up to those of the row. */
  readonly parts: RowPart[];
  txBytes: number;
  rxBytes: number;
  txPackets: number;
  rxPackets: number;
  txBytesTotal: number;
  rxBytesTotal: number;
  /** Live flows at the moment. */
  flows: number;
  /** Flows whose first packet fell into the interval. */
  flowsStarted: number;
  /** When the first of its flows began; infinite while no flow has moved. */
  firstUs: number;
}

/** The row of what has none of its own. */
export const OTHER = 'other';

export class TrafficTable {
  readonly #rows = new Map<string, RunningRow>();
  readonly #capacity: number;
  /** Rows that were merged into "other". */
  merged = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** New names have no row of their own. */
  get isFull(): boolean {
    return this.#rows.size >= this.#capacity;
  }

  /** The row of a name, made when it is new. */
  row(name: string): RunningRow {
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    if (this.isFull && name !== OTHER) return this.row(OTHER);
    const made = emptyRow(name);
    this.#rows.set(name, made);
    return made;
  }

  has(name: string): boolean {
    return this.#rows.has(name);
  }

  /** Takes a row out, with all it has. */
  remove(name: string): void {
    this.#rows.delete(name);
  }

  /** Rows by bytes of the interval, then by total, largest first. Valid until reset(). */
  sorted(): RunningRow[] {
    return [...this.#rows.values()].sort(largerFirst);
  }

  /** Those of them that moved in the interval: few where it is short and the table long. */
  sortedMoved(): RunningRow[] {
    const moved: RunningRow[] = [];
    for (const row of this.#rows.values()) if (row.parts.length > 0) moved.push(row);
    return moved.sort(largerFirst);
  }

  /** A new interval begins. */
  reset(): void {
    for (const row of this.#rows.values()) {
      row.flows = 0;
      if (row.parts.length === 0) continue;
      row.parts.length = 0;
      row.txBytes = 0;
      row.rxBytes = 0;
      row.txPackets = 0;
      row.rxPackets = 0;
      row.flowsStarted = 0;
    }
  }

  /** Makes room when the table is nearly full: a quarter of the rows, those that moved least, go to "other". */
  prune(): void {
    if (!this.isFull) return;
    const idle = [...this.#rows.values()].filter(
      (row) => row.name !== OTHER && row.flows === 0 && intervalBytes(row) === 0,
    );
    idle.sort((a, b) => totalBytes(a) - totalBytes(b));
    const other = this.row(OTHER);
    for (const row of idle.slice(0, Math.ceil(this.#capacity / 4))) {
      other.txBytesTotal += row.txBytesTotal;
      other.rxBytesTotal += row.rxBytesTotal;
      this.#rows.delete(row.name);
      this.merged += 1;
    }
  }
}

/** What one flow, or one kind of frame, moved. */
export interface Movement {
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly txPackets: number;
  readonly rxPackets: number;
  /** 1 for the first packets of a flow, else 0. */
  readonly flowsStarted: number;
  /** When the flow began; infinite of what is no flow. */
  readonly firstUs: number;
}

export function addTraffic(row: RunningRow, moved: Movement, part = 0): void {
  addTo(row, moved);
  row.txBytesTotal += moved.txBytes;
  row.rxBytesTotal += moved.rxBytes;
  if (moved.firstUs < row.firstUs) row.firstUs = moved.firstUs;
  addTo(partOf(row, part), moved);
}

function addTo(sums: Sums, moved: Sums): void {
  sums.txBytes += moved.txBytes;
  sums.rxBytes += moved.rxBytes;
  sums.txPackets += moved.txPackets;
  sums.rxPackets += moved.rxPackets;
  sums.flowsStarted += moved.flowsStarted;
}

type Sums = { -readonly [Key in Exclude<keyof Movement, 'firstUs'>]: number };

/** Most rows are seen in one or two parts. */
function partOf({ parts }: RunningRow, part: number): RowPart {
  for (const known of parts) if (known.part === part) return known;
  const made = { part, txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flowsStarted: 0 };
  parts.push(made);
  return made;
}

const emptyRow = (name: string): RunningRow => ({
  name,
  parts: [],
  txBytes: 0,
  rxBytes: 0,
  txPackets: 0,
  rxPackets: 0,
  txBytesTotal: 0,
  rxBytesTotal: 0,
  flows: 0,
  flowsStarted: 0,
  firstUs: Number.POSITIVE_INFINITY,
});

export const intervalBytes = (row: { txBytes: number; rxBytes: number }): number => row.txBytes + row.rxBytes;
const totalBytes = (row: RunningRow): number => row.txBytesTotal + row.rxBytesTotal;
const largerFirst = (a: RunningRow, b: RunningRow): number =>
  intervalBytes(b) - intervalBytes(a) || totalBytes(b) - totalBytes(a);
