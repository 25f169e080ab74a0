// `kaipo diff`: what changed between two periods: applications, destinations, protocols that are new, gone, more or less.
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
import type { SeriesKind } from '@kaipo/core/store/series-kind.js';
import { OTHER_NAME } from '@kaipo/core/store/series-kind.js';
import { DEFAULT_LIMIT } from '../history/default-limit.js';
import { type DiffParts, type DiffSection, diffAnswerOf } from '../history/diff-answer.js';
import { diffPeriods } from '../history/diff-periods.js';
import {
  answerFromHistory,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';
import { isRecorded } from '../history/period-notes.js';

const MAX_NAMES = 262_144;
const AS_THEY_ARE: Comparison = { by: 'bytes', beforeFactor: 1, afterFactor: 1 };

export interface DiffOptions extends HistoryOptions {
  /** The two periods, in words. */
  readonly words: readonly string[];
}

export function runDiff(options: DiffOptions): Promise<number> {
  const { words, limit } = options;
  return answerFromHistory(
    options,
    (_, __, nowUs) => diffPeriods(words, nowUs).after,
    (context) => diffAnswer(context, words, limit),
  );
}

export function diffAnswer(context: HistoryContext, words: readonly string[], limit = DEFAULT_LIMIT): HistoryAnswer {
  const asked = diffPeriods(words, context.nowUs);
  const periods = { before: known(context, asked.before), after: known(context, asked.after) };
  const totals = { before: totalsOf(context, periods.before), after: totalsOf(context, periods.after) };
  const isComparable = isRecorded(totals.before) && isRecorded(totals.after);
  const comparison = isComparable ? comparisonOf(periods.before, periods.after) : AS_THEY_ARE;
  const sections = isComparable ? sectionsOf(context, periods, comparison, limit) : [];
  const parts: DiffParts = {
    asked,
    periods,
    totals,
    comparison,
    isComparable,
    sections,
    total: diffRow('total', flowless(totals.before), flowless(totals.after), comparison),
  };
  return diffAnswerOf(context, parts);
}

/** Before history began and after now nothing can have been recorded: a rate a day is of the rest. */
function known({ info: { firstUs = 0 }, nowUs }: HistoryContext, { fromUs, toUs }: TimeRange): TimeRange {
  const clipped = { fromUs: Math.max(fromUs, firstUs), toUs: Math.min(toUs, nowUs) };
  return clipped.fromUs < clipped.toUs ? clipped : { fromUs, toUs };
}

const totalsOf = ({ store, filter }: HistoryContext, range: TimeRange): HistoryTotals =>
  queryTotals(store, range, filter);
const flowless = ({ txBytes, rxBytes, txPackets, rxPackets }: HistoryTotals) => ({
  txBytes,
  rxBytes,
  txPackets,
  rxPackets,
  flows: 0,
});

type Periods = DiffParts['periods'];

function sectionsOf(context: HistoryContext, periods: Periods, comparison: Comparison, limit: number): DiffSection[] {
  const { store, filter } = context;
  const names = { before: queryHostNames(store, periods.before), after: queryHostNames(store, periods.after) };
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
  { store }: HistoryContext,
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
