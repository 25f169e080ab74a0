// Everything a report says, as one immutable value. Owns which questions are asked of history and how many rows are kept.
// Must not know HTML or terminals. Bound: `limit` rows of a kind, CHART_POINTS steps of a chart, STACK_LAYERS names over time.
import type { FlowRecord } from '@kaipo/core/api/events.js';
import { type CapUsage, capUsage } from '@kaipo/core/query/cap-usage.js';
import { costSteps, type Price, type TrafficCost } from '@kaipo/core/query/cost.js';
import {
  type Filter,
  type HistoryBooks,
  type HistoryFlows,
  type HistoryRows,
  type HistorySeries,
  type HistoryStack,
  type HistoryTotals,
  type HistoryUnknown,
  type HistoryZones,
  queryBooks,
  queryBy,
  queryFlows,
  queryHostNames,
  queryPeriods,
  querySeries,
  queryStack,
  queryTotals,
  queryUnknown,
  queryZones,
} from '@kaipo/core/query/history.js';
import { type HoursOfWeek, queryHoursOfWeek } from '@kaipo/core/query/hours-of-week.js';
import { previousPeriod } from '@kaipo/core/query/previous-period.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import { fittingStep, type Step, stepsOf } from '@kaipo/core/query/time-steps.js';
import type { SeriesKind } from '@kaipo/core/store/series-kind.js';
import type { StoreInfo } from '@kaipo/core/store/store.js';
import type { DiffParts } from '../history/diff-answer.js';
import { diffPartsOf } from '../history/diff-parts.js';
import type { HistoryContext } from '../history/history-context.js';
import { isRecorded } from '../history/period-notes.js';

export const DEFAULT_ROWS = 15;
const CHANGE_ROWS = 10;
/** Steps of the charts: about one every four pixels of a page, and fewer where each has many layers. */
const CHART_POINTS = 240;
const STACK_POINTS = 125;
const STACK_LAYERS = 7;
/** Names of hosts are looked for in so many of the newest flows and answers; in fewer of the period before, whose hosts come back. */
const NAMES_READ = 20_000;
const NAMES_BEFORE = 5000;
/** Rows of the table by day or month; of a longer period the latest. */
const MAX_STEPS = 62;

export interface ReportStep extends TimeRange {
  readonly totals: HistoryTotals;
  readonly cost?: TrafficCost;
}

export interface ReportData {
  readonly title: string;
  readonly range: TimeRange;
  readonly filter: Filter;
  /** The period was not asked for: the last day was empty, so it is all there is. */
  readonly isWholeStore: boolean;
  readonly isRedacted: boolean;
  readonly madeUs: number;
  readonly info: Pick<StoreInfo, 'firstUs' | 'lastEndUs' | 'mode' | 'refusedNames'>;
  readonly totals: HistoryTotals;
  readonly series: HistorySeries;
  /** The period by hours, days or months; what is still to come is not among them. */
  readonly step: Step;
  readonly steps: readonly ReportStep[];
  readonly apps: HistoryRows;
  readonly unknown: HistoryUnknown;
  readonly hosts: HistoryRows;
  readonly protocols: HistoryRows;
  readonly interfaces: HistoryRows;
  readonly appStack: HistoryStack;
  readonly protocolStack: HistoryStack;
  readonly week: HoursOfWeek;
  readonly zones: HistoryZones;
  readonly flows: HistoryFlows;
  readonly hostNames: ReadonlyMap<string, string>;
  /** Of the interfaces that were asked for; a zone has none. */
  readonly books: HistoryBooks;
  /** Against the period before. */
  readonly change: DiffParts;
  readonly price?: Price;
  readonly cost?: TrafficCost;
  /** As they stand now, whatever the period. */
  readonly caps: readonly CapUsage[];
}

/** What of a HistoryContext a report needs. */
export type ReportContext = Pick<HistoryContext, 'store' | 'info' | 'config' | 'nowUs' | 'range' | 'filter'>;

export interface ReportChoices {
  readonly title?: string;
  readonly isWholeStore?: boolean;
  /** Rows of a table. */
  readonly limit?: number;
}

export const DEFAULT_TITLE = 'Network report';

export function collectReport(context: ReportContext, choices: ReportChoices = {}): ReportData {
  const { store, range, filter, nowUs, config, info } = context;
  const { title = DEFAULT_TITLE, isWholeStore = false, limit = DEFAULT_ROWS } = choices;
  const by = (kind: SeriesKind): HistoryRows => queryBy(store, kind, range, { limit, filter });
  const totals = queryTotals(store, range, filter);
  const chart = chartRange(range, totals, nowUs);
  const stack = (kind: SeriesKind): HistoryStack =>
    queryStack(store, kind, chart, { grain: STACK_POINTS, top: STACK_LAYERS, filter });
  const { ratePerGb, currency } = config.cost;
  const price = ratePerGb === undefined ? undefined : { ratePerGb, currency };
  const step = fittingStep(range);
  const hostNames = queryHostNames(store, range, NAMES_READ);
  const { steps, cost } = costlySteps(pastSteps(context, step), totals, price);
  return {
    title,
    range,
    filter,
    isWholeStore,
    isRedacted: false,
    madeUs: nowUs,
    info,
    totals,
    series: querySeries(store, chart, CHART_POINTS, filter),
    step,
    steps,
    apps: by('app'),
    unknown: queryUnknown(store, range, filter),
    hosts: by('host'),
    protocols: by('protocol'),
    interfaces: by('interface'),
    appStack: stack('app'),
    protocolStack: stack('protocol'),
    week: queryHoursOfWeek(store, range, filter),
    zones: queryZones(store, range, filter),
    flows: queryFlows(store, range, { limit, ...filter }),
    hostNames,
    books: queryBooks(store, range, filter),
    change: diffPartsOf(context, { before: previousPeriod(range), after: range }, CHANGE_ROWS, ({ before }) => {
      return { before: queryHostNames(store, before, NAMES_BEFORE), after: hostNames };
    }),
    ...(price !== undefined && { price }),
    ...(cost !== undefined && { cost }),
    caps: config.caps.map((cap) => capUsage(store, cap, nowUs)),
  };
}

/** The latest of the steps that have begun. */
function pastSteps({ store, range, filter, nowUs }: ReportContext, step: Step): ReportStep[] {
  const past = { fromUs: range.fromUs, toUs: Math.max(range.fromUs + 1, Math.min(range.toUs, nowUs)) };
  const steps: TimeRange[] = [];
  for (const part of stepsOf(past, step)) if (steps.push(part) > MAX_STEPS) steps.shift();
  return queryPeriods(store, steps, filter).map((totals, index) => ({ ...steps[index]!, totals }));
}

/** With a price each step has its part of the cost; parts that are listed add up to the sum of the period when all are. */
function costlySteps(
  steps: readonly ReportStep[],
  totals: HistoryTotals,
  price: Price | undefined,
): { readonly steps: readonly ReportStep[]; readonly cost?: TrafficCost } {
  if (price === undefined) return { steps };
  const sum = (field: 'txBytes' | 'rxBytes'): number => steps.reduce((bytes, part) => bytes + part.totals[field], 0);
  // Earlier than the first step that is listed: its cost is not shown, and yet part of the sum.
  const earlier = { txBytes: totals.txBytes - sum('txBytes'), rxBytes: totals.rxBytes - sum('rxBytes') };
  const costs = costSteps([earlier, ...steps.map((part) => part.totals)], price);
  return { steps: steps.map((part, index) => ({ ...part, cost: costs.steps[index + 1]! })), cost: costs.total };
}

/** The end of a period is often the end of a day that is not over: the chart ends with the data or now, not tomorrow. */
function chartRange(range: TimeRange, { firstUs, lastUs }: HistoryTotals, nowUs: number): TimeRange {
  const past = { fromUs: range.fromUs, toUs: Math.max(range.fromUs + 1, Math.min(range.toUs, nowUs)) };
  if (firstUs === undefined || lastUs === undefined) return past;
  const spanUs = lastUs - firstUs;
  // An hour of data in a day would be one spike: the chart shows the data, its axis says when.
  return spanUs * 4 < range.toUs - range.fromUs ? { fromUs: firstUs, toUs: lastUs } : past;
}

export function hasData({ totals, flows }: ReportData): boolean {
  return isRecorded(totals) || flows.count > 0;
}

export function flowBytes({ client, server }: FlowRecord): number {
  return client.bytes + server.bytes;
}
