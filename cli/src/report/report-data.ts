// Everything a report says, as one immutable value. Owns which questions are asked of history and how many rows are kept.
// Must not know HTML or terminals.
import type { FlowRecord } from '@kaipo/core/api/events.js';
import {
  type HistoryFlows,
  type HistoryRows,
  type HistorySeries,
  type HistoryTotals,
  queryBy,
  queryFlows,
  queryHostNames,
  querySeries,
  queryTotals,
} from '@kaipo/core/query/history.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import type { Store, StoreInfo } from '@kaipo/core/store/store.js';

const TABLE_ROWS = 15;
const FLOW_ROWS = 15;
/** Steps of the chart: about one every four pixels of a page. */
const CHART_POINTS = 240;

export interface ReportData {
  readonly range: TimeRange;
  /** The period was not asked for: the last day was empty, so it is all there is. */
  readonly isWholeStore: boolean;
  readonly madeUs: number;
  readonly info: StoreInfo;
  readonly totals: HistoryTotals;
  readonly series: HistorySeries;
  readonly apps: HistoryRows;
  readonly hosts: HistoryRows;
  readonly protocols: HistoryRows;
  readonly interfaces: HistoryRows;
  readonly flows: HistoryFlows;
  readonly hostNames: ReadonlyMap<string, string>;
}

export function collectReport(store: Store, range: TimeRange, isWholeStore: boolean, madeUs: number): ReportData {
  const by = (kind: 'app' | 'host' | 'protocol' | 'interface'): HistoryRows =>
    queryBy(store, kind, range, { limit: TABLE_ROWS });
  const totals = queryTotals(store, range);
  return {
    range,
    isWholeStore,
    madeUs,
    info: store.info(),
    totals,
    series: querySeries(store, chartRange(range, totals), CHART_POINTS),
    apps: by('app'),
    hosts: by('host'),
    protocols: by('protocol'),
    interfaces: by('interface'),
    flows: queryFlows(store, range, { limit: FLOW_ROWS }),
    hostNames: queryHostNames(store, range),
  };
}

/** The end of a period is often the end of a day that is not over: the chart ends with the data or now, not tomorrow. */
function chartRange(range: TimeRange, { firstUs, lastUs }: HistoryTotals): TimeRange {
  if (firstUs === undefined || lastUs === undefined) return range;
  const spanUs = lastUs - firstUs;
  // An hour of data in a day would be one spike: the chart shows the data, its axis says when.
  return spanUs * 4 < range.toUs - range.fromUs ? { fromUs: firstUs, toUs: lastUs } : range;
}

export function hasData({ totals, flows }: ReportData): boolean {
  return totals.intervals > 0 || flows.count > 0;
}

export function flowBytes({ client, server }: FlowRecord): number {
  return client.bytes + server.bytes;
}
