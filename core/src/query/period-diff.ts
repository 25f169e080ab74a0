// What changed between two periods, name by name. Owns when a name is new, gone, more or less, and how periods of different lengths are
// compared: by bytes a day. Pure. Bound: the caller's rows.
import type { FlowSums } from './history-answers.js';
import type { TimeRange } from './time-range.js';

export type ChangeKind = 'new' | 'gone' | 'more' | 'less';

/** Rows of one kind by name; rows of one name are added up. */
export type SumsByName = ReadonlyMap<string, FlowSums>;

export interface DiffRow {
  readonly name: string;
  readonly change: ChangeKind;
  /** Absent: the name was not there. */
  readonly before?: FlowSums;
  readonly after?: FlowSums;
  /** Bytes, or bytes a day, that it is more after than before; negative: less. */
  readonly difference: number;
  /** After as a multiple of before; absent where that was nothing. */
  readonly ratio?: number;
}

export interface DiffRows {
  /** The largest changes first. */
  readonly rows: readonly DiffRow[];
  /** Of all rows, also those beyond the limit. */
  readonly counts: Readonly<Record<ChangeKind, number>>;
  /** Rows that are not listed. */
  readonly moreCount: number;
}

/** How two periods are compared: what bytes are multiplied by before they are set against each other. */
export interface Comparison {
  readonly by: 'bytes' | 'bytes-per-day';
  readonly beforeFactor: number;
  readonly afterFactor: number;
}

const DAY_US = 86_400_000_000;
/** Periods whose lengths differ by less are as long as each other. */
const SAME_LENGTH = 0.01;

/** By bytes when they are as long as each other, else by bytes a day. */
export function comparisonOf(before: TimeRange, after: TimeRange): Comparison {
  const [beforeUs, afterUs] = [before.toUs - before.fromUs, after.toUs - after.fromUs];
  if (Math.abs(beforeUs - afterUs) <= SAME_LENGTH * Math.max(beforeUs, afterUs)) {
    return { by: 'bytes', beforeFactor: 1, afterFactor: 1 };
  }
  return { by: 'bytes-per-day', beforeFactor: DAY_US / beforeUs, afterFactor: DAY_US / afterUs };
}

export function diffRows(before: SumsByName, after: SumsByName, comparison: Comparison, limit: number): DiffRows {
  const rows: DiffRow[] = [];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const row = diffRow(name, before.get(name), after.get(name), comparison);
    if (row !== undefined) rows.push(row);
  }
  rows.sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference) || (a.name < b.name ? -1 : 1));
  const counts = { new: 0, gone: 0, more: 0, less: 0 };
  for (const { change } of rows) counts[change] += 1;
  return { rows: rows.slice(0, limit), counts, moreCount: Math.max(0, rows.length - limit) };
}

/** Undefined: nothing changed. */
export function diffRow(
  name: string,
  before: FlowSums | undefined,
  after: FlowSums | undefined,
  { beforeFactor, afterFactor }: Comparison,
): DiffRow | undefined {
  const [was, is] = [bytesOf(before) * beforeFactor, bytesOf(after) * afterFactor];
  const difference = is - was;
  const change = was === 0 ? 'new' : is === 0 ? 'gone' : difference > 0 ? 'more' : 'less';
  if (difference === 0) return undefined;
  return {
    name,
    change,
    ...(was > 0 && before !== undefined && { before }),
    ...(is > 0 && after !== undefined && { after }),
    difference,
    ...(was > 0 && { ratio: is / was }),
  };
}

const bytesOf = (sums: FlowSums | undefined): number => (sums === undefined ? 0 : sums.txBytes + sums.rxBytes);

/** Rows under what `nameOf` calls them. */
export function sumsByName<Row extends FlowSums>(rows: readonly Row[], nameOf: (row: Row) => string): SumsByName {
  const sums = new Map<string, FlowSums>();
  for (const row of rows) {
    const name = nameOf(row);
    const known = sums.get(name);
    const { txBytes, rxBytes, txPackets, rxPackets, flows } = row;
    sums.set(name, {
      txBytes: txBytes + (known?.txBytes ?? 0),
      rxBytes: rxBytes + (known?.rxBytes ?? 0),
      txPackets: txPackets + (known?.txPackets ?? 0),
      rxPackets: rxPackets + (known?.rxPackets ?? 0),
      flows: flows + (known?.flows ?? 0),
    });
  }
  return sums;
}
