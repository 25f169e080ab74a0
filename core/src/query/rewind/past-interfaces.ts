// Interfaces of one past interval and their books. Owns what is worked out from the sums: which were captured, and which count.
// Must not know lmdb. Bound: interfaces of the store.
import { qualityOfTag } from '../../store/series-block.js';
import { readerOf, type StoreView } from '../../store/store.js';
import type { TotalsSums } from '../../store/totals-block.js';
import { countedRows } from '../counted-rows.js';
import type { InterfaceBooks } from '../history-answers.js';
import { queryBooks } from '../history-books.js';
import { spansOf } from '../history-spans.js';
import { queryTotals } from '../history-totals.js';
import type { LiveBooks, LiveInterface, Rung } from '../live-snapshot.js';
import type { TimeRange } from '../time-range.js';
import { type PastPeriods, type PastRow, pastRows } from './past-sums.js';

/** A quiet second says nothing of how it was seen; its neighbours do. */
const AROUND_US = 60_000_000;

export interface PastInterfaces {
  readonly interfaces: readonly LiveInterface[];
  /** Sums over these interfaces. */
  readonly books: LiveBooks;
  readonly rung: Rung;
}

/**
 * Interfaces that moved something on that day so far: one that stood still is not in the interval, and was there all the same.
 * @param wanted names to show; empty: all but loopback, and that when it was captured.
 */
export function pastInterfaces(
  view: StoreView,
  periods: PastPeriods,
  sums: TotalsSums,
  wanted: readonly string[],
): PastInterfaces {
  const { fromUs, toUs } = periods.interval;
  const around = { fromUs: fromUs - AROUND_US, toUs: toUs + AROUND_US };
  const captured = capturedNames(view, around);
  const rows = pastRows(view, 'interface', periods, ({ name }) => name);
  const counted = countedNames(rows, sums);
  const isShown = ({ name: { name } }: PastRow): boolean =>
    wanted.length > 0 ? wanted.includes(name) : name !== 'lo' || captured.has('lo');
  const interfaces = rows
    .filter(isShown)
    .map(({ name: { name, class: kind = 'physical' }, traffic }): LiveInterface => {
      return { name, ...traffic, up: true, class: kind, counted: counted.has(name), captured: captured.has(name) };
    });
  const shown = new Set(interfaces.map(({ name }) => name));
  const books = queryBooks(readerOf(view), periods.interval).interfaces.filter((row) => shown.has(row.interface));
  const rung = captured.size === 0 ? 'counters' : hasEvents(view, around) ? 'capture+events' : 'capture';
  return { interfaces, books: sumBooks(books), rung };
}

/** The kernel's events leave their word on what they told of. */
function hasEvents(view: StoreView, around: TimeRange): boolean {
  let found = false;
  for (const { resolutionS, fromUs, toUs } of spansOf(view, [around])) {
    view.readRows('app', resolutionS, fromUs, toUs, 0, ({ length, tags, from, to }) => {
      for (let at = 0; at < length && !found; at++) found = from[at]! < to[at]! && qualityOfTag(tags[at]!) === 'event';
      return !found;
    });
  }
  return found;
}

function capturedNames(view: StoreView, around: TimeRange): ReadonlySet<string> {
  const reader = readerOf(view);
  // Without packets the owners of bytes come from tables of sockets.
  if (queryTotals(reader, around).received === 0) return new Set();
  const seen = queryBooks(reader, around).interfaces.filter((row) => row.attributedBytes + row.unknownBytes > 0);
  return new Set(seen.map((row) => row.interface));
}

/** Of one that stood still nothing tells: those that lead out count. */
function countedNames(rows: readonly PastRow[], sums: TotalsSums): ReadonlySet<string> {
  const found = countedRows(
    rows.map(({ name, traffic }) => ({ ...name, ...traffic })),
    sums,
  );
  const hasMoved = ({ traffic: { txBytes, rxBytes, txPackets, rxPackets } }: PastRow): boolean =>
    txBytes + rxBytes + txPackets + rxPackets > 0;
  const usual = rows.filter((row) => (row.name.class ?? 'physical') === 'physical' && !(found && hasMoved(row)));
  return new Set([...(found ?? []), ...usual.map(({ name }) => name.name)]);
}

function sumBooks(rows: readonly InterfaceBooks[]): LiveBooks {
  const sums = { kernelBytes: 0, attributedBytes: 0, unknownBytes: 0, notCapturedBytes: 0, inFlightBytes: 0 };
  const unknownReasons: Record<string, number> = {};
  const notCapturedReasons: Record<string, number> = {};
  const add = (into: Record<string, number>, reasons: Readonly<Record<string, number>>): void => {
    for (const [reason, bytes] of Object.entries(reasons)) if (bytes !== 0) into[reason] = (into[reason] ?? 0) + bytes;
  };
  for (const row of rows) {
    for (const field of Object.keys(sums) as (keyof typeof sums)[]) sums[field] += row[field];
    add(unknownReasons, row.unknown);
    add(notCapturedReasons, { ...row.notCaptured, unexplained: row.unexplainedBytes });
  }
  return { ...sums, unknownReasons, notCapturedReasons };
}
