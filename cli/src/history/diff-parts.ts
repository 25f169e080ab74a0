// What changed between two periods, asked of history. Owns which names are compared, and that a period is only as long as history and
// the present allow. Bound: MAX_NAMES names of a kind.
import { type Filter, type HistoryTotals, queryBy, queryHostNames, queryTotals } from '@kaipo/core/query/history.js';
import {
  type Comparison,
  comparisonOf,
  diffRow,
  diffRows,
  type SumsByName,
  sumsByName,
} from '@kaipo/core/query/period-diff.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import { OTHER_NAME, type SeriesKind } from '@kaipo/core/store/series-kind.js';
import type { DiffParts, DiffSection } from './diff-answer.js';
import type { DiffPeriods } from './diff-periods.js';
import type { HistoryContext } from './history-context.js';
import { isRecorded } from './period-notes.js';

const MAX_NAMES = 262_144;
const AS_THEY_ARE: Comparison = { by: 'bytes', beforeFactor: 1, afterFactor: 1 };

/** What a comparison needs to know; a HistoryContext has it. */
export type DiffContext = Pick<HistoryContext, 'store' | 'info' | 'nowUs' | 'filter'>;

/** Names of hosts in both periods; a view that has read those of one need not read them again. */
export type NamesBySide = Readonly<Record<keyof DiffPeriods, ReadonlyMap<string, string>>>;

/** The `limit` largest changes of applications, destinations and protocols. */
export function diffPartsOf(
  context: DiffContext,
  asked: DiffPeriods,
  limit: number,
  namesOf = (periods: DiffPeriods): NamesBySide => namesBySide(context, periods),
): DiffParts {
  const periods = { before: known(context, asked.before), after: known(context, asked.after) };
  const totals = { before: totalsOf(context, periods.before), after: totalsOf(context, periods.after) };
  const isComparable = isRecorded(totals.before) && isRecorded(totals.after);
  const comparison = isComparable ? comparisonOf(periods.before, periods.after) : AS_THEY_ARE;
  return {
    asked,
    periods,
    totals,
    comparison,
    isComparable,
    sections: isComparable ? sectionsOf(context, periods, comparison, limit, namesOf(periods)) : [],
    total: diffRow('total', flowless(totals.before), flowless(totals.after), comparison),
  };
}

/** Before history began and after now nothing can have been recorded: a rate a day is of the rest. */
function known({ info: { firstUs = 0 }, nowUs }: DiffContext, { fromUs, toUs }: TimeRange): TimeRange {
  const clipped = { fromUs: Math.max(fromUs, firstUs), toUs: Math.min(toUs, nowUs) };
  return clipped.fromUs < clipped.toUs ? clipped : { fromUs, toUs };
}

const totalsOf = ({ store, filter }: DiffContext, range: TimeRange): HistoryTotals => queryTotals(store, range, filter);
const flowless = ({ txBytes, rxBytes, txPackets, rxPackets }: HistoryTotals) => ({
  txBytes,
  rxBytes,
  txPackets,
  rxPackets,
  flows: 0,
});

function namesBySide({ store }: DiffContext, { before, after }: DiffPeriods): NamesBySide {
  return { before: queryHostNames(store, before), after: queryHostNames(store, after) };
}

function sectionsOf(
  context: DiffContext,
  periods: DiffPeriods,
  comparison: Comparison,
  limit: number,
  names: NamesBySide,
): DiffSection[] {
  const { filter } = context;
  // An address that was named in one of the periods has this name in both: servers change theirs more often than their name.
  const hostName = (ip: string): string => names.after.get(ip) ?? names.before.get(ip) ?? ip;
  const section = (
    kind: SeriesKind,
    type: DiffSection['type'],
    title: string,
    nameOf: (name: string) => string,
  ): DiffSection => {
    const [before, after] = [periods.before, periods.after].map((range) =>
      rowsOf(context, kind, range, filter, nameOf),
    );
    const rows = diffRows(before!.sums, after!.sums, comparison, limit);
    return { type, title, ...rows, folded: { before: before!.folded, after: after!.folded } };
  };
  return [
    section('app', 'app', 'Application', (name) => name),
    section('host', 'host', 'Destination', hostName),
    section('protocol', 'protocol', 'Protocol', (name) => name),
  ];
}

/** `folded`: bytes of names that were too small to be kept by name. */
function rowsOf(
  { store }: DiffContext,
  kind: SeriesKind,
  range: TimeRange,
  filter: Filter,
  nameOf: (name: string) => string,
): { readonly sums: SumsByName; readonly folded: number } {
  const { rows, other } = queryBy(store, kind, range, { limit: MAX_NAMES, filter });
  const folded = other === undefined ? 0 : other.txBytes + other.rxBytes;
  return {
    sums: sumsByName(
      rows.filter(({ name }) => name !== OTHER_NAME),
      ({ name }) => nameOf(name),
    ),
    folded,
  };
}
