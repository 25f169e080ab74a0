// Several intervals as one: what is kept when detail must go. Owns the sums; every total stays as it was to the byte.
// Must not know why. Bound: MAX_MERGED_ROWS rows a list, the rest is summed under OTHER_NAME.
import type { IntervalRecord, NamedSums, Scope, SeriesSums } from '@kaipo/core/api/interval-record.js';
import { OTHER_NAME } from '@kaipo/core/store/series-kind.js';

export const MAX_MERGED_ROWS = 4096;

const SUMMED = ['txBytes', 'rxBytes', 'txPackets', 'rxPackets', 'flows', 'bytes'] as const;

type Row = object;

/** `intervals`: at least one, in the order they were recorded. */
export function mergeIntervals(intervals: readonly IntervalRecord[]): IntervalRecord {
  const last = intervals[intervals.length - 1]!;
  if (intervals.length === 1) return last;
  const sum = (pick: (interval: IntervalRecord) => number): number =>
    intervals.reduce((total, interval) => total + pick(interval), 0);
  return {
    startUs: Math.min(...intervals.map((interval) => interval.startUs)),
    endUs: Math.max(...intervals.map((interval) => interval.endUs)),
    ...(last.mode !== undefined && { mode: last.mode }),
    ...(last.isCaughtUp === true && { isCaughtUp: true }),
    interfaces: sumRows(
      intervals.map((interval) => interval.interfaces),
      (row) => row.name,
    ),
    apps: capped(
      sumRows(
        intervals.map((interval) => interval.apps),
        (row) => key(scopeKey(row), row.exe, row.user, row.unit, row.container, row.quality),
      ),
    ),
    protocols: named(intervals.map((interval) => interval.protocols)),
    hosts: named(intervals.map((interval) => interval.hosts)),
    unknown: named(intervals.map((interval) => interval.unknown)),
    capture: {
      received: sum(({ capture }) => capture.received),
      delivered: sum(({ capture }) => capture.delivered),
      droppedByKernel: sum(({ capture }) => capture.droppedByKernel),
      droppedByHelper: sum(({ capture }) => capture.droppedByHelper),
    },
    books: sumRows(
      intervals.map((interval) => interval.books),
      (row) => key(row.interface, row.category, row.reason),
    ),
  };
}

/** How many rows an interval brings: the measure of its memory. */
export function rowsOf(interval: IntervalRecord): number {
  const { interfaces, apps, protocols, hosts, unknown, books } = interval;
  return interfaces.length + apps.length + protocols.length + hosts.length + unknown.length + books.length;
}

const key = (...parts: readonly (string | undefined)[]): string => parts.map((part) => part ?? '').join('\0');
const scopeKey = (row: Scope & { readonly name: string }): string => key(row.name, row.interface, row.zone);
const named = (lists: readonly (readonly NamedSums[])[]): NamedSums[] => capped(sumRows(lists, scopeKey));

/** The rest of a row is that of the latest one. */
function sumRows<R extends Row>(lists: readonly (readonly R[])[], keyOf: (row: R) => string): R[] {
  const merged = new Map<string, R>();
  for (const list of lists) {
    for (const row of list) {
      const name = keyOf(row);
      const before = merged.get(name);
      merged.set(name, before === undefined ? row : added(before, row));
    }
  }
  return [...merged.values()];
}

function added<R extends Row>(before: R, row: R): R {
  const sums: Record<string, number> = {};
  for (const field of SUMMED) {
    const a = (before as Record<string, unknown>)[field];
    const b = (row as Record<string, unknown>)[field];
    if (typeof a === 'number' || typeof b === 'number') sums[field] = Number(a ?? 0) + Number(b ?? 0);
  }
  return { ...before, ...row, ...sums };
}

const bytesOf = (row: SeriesSums): number => row.txBytes + row.rxBytes;

function capped<R extends NamedSums>(rows: R[]): R[] {
  if (rows.length <= MAX_MERGED_ROWS) return rows;
  const sorted = rows.toSorted((a, b) => bytesOf(b) - bytesOf(a));
  const rest = sorted.slice(MAX_MERGED_ROWS).map((row) => {
    const { txBytes, rxBytes, txPackets, rxPackets, flows, interface: link, zone } = row;
    const scope = { ...(link !== undefined && { interface: link }), ...(zone !== undefined && { zone }) };
    const quality = 'quality' in row ? { quality: row.quality } : {};
    return { name: OTHER_NAME, txBytes, rxBytes, txPackets, rxPackets, flows, ...scope, ...quality } as unknown as R;
  });
  return sumRows([sorted.slice(0, MAX_MERGED_ROWS), rest], (row) =>
    key(scopeKey(row), 'quality' in row ? String(row.quality) : ''),
  );
}
