// Traffic over time for charts: in total, or stacked by application, protocol, host or interface, beside the period before. Owns the
// document; sums are core/src/query. Bound: MAX_POINTS steps, MAX_LAYERS names.
import { queryNamesOf, querySeries, queryStack } from '@kaipo/core/query/history.js';
import type { HistoryStack, HistoryStep, StackLayer } from '@kaipo/core/query/history-answers.js';
import type { WantedName } from '@kaipo/core/query/history-filter.js';
import type { ChartGrain } from '@kaipo/core/query/history-steps.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import { parseStep } from '@kaipo/core/query/time-steps.js';
import type { SeriesKind } from '@kaipo/core/store/series-kind.js';
import type { HistoryContext } from './history-context.js';
import { secondsOf } from './usage-fields.js';

export const TRAFFIC_GROUPS = ['none', 'app', 'protocol', 'host', 'interface'] as const;
export type TrafficGroup = (typeof TRAFFIC_GROUPS)[number];

export interface TrafficQuestion {
  readonly by?: TrafficGroup;
  /** A step people name; "auto" or absent: some hundred points. */
  readonly group?: string;
  /** Names beside "other". */
  readonly top?: number;
  /** Only names with this in them, or this one. */
  readonly name?: WantedName;
  readonly isCompared?: boolean;
}

export const MAX_LAYERS = 50;
const DEFAULT_LAYERS = 8;
const AUTO_POINTS = 300;
const MAX_POINTS = 5000;

/** `kaipo.traffic/1`. A step that was not recorded has recordedSeconds 0: its bytes are unknown, not zero. */
export function trafficDocument(context: HistoryContext, question: TrafficQuestion): object {
  const { store, range, filter } = context;
  const { by = 'none', top = DEFAULT_LAYERS, name } = question;
  const grain = grainOf(question.group);
  const series = querySeries(store, range, grain, filter);
  const steps = series.points;
  const total = {
    txBytes: steps.map(({ txBytes }) => txBytes),
    rxBytes: steps.map(({ rxBytes }) => rxBytes),
  };
  const layers =
    by === 'none'
      ? {}
      : layersOf(
          context,
          by,
          queryStack(store, by, range, { grain, top, filter, ...(name !== undefined && { name }) }),
        );
  const sums = { txBytes: sumOf(total.txBytes), rxBytes: sumOf(total.rxBytes) };
  return {
    schema: 'kaipo.traffic/1',
    from: secondsOf(range.fromUs),
    to: secondsOf(range.toUs),
    ...filter,
    by,
    stepSeconds: secondsOf(series.stepUs),
    source: series.source,
    steps: steps.map(stepRecord),
    ...layers,
    total: { ...total, txTotal: sums.txBytes, rxTotal: sums.rxBytes },
    ...sums,
    ...(question.isCompared === true && { previous: previousOf(context, grain) }),
  };
}

/** Raises KAIPO_USAGE for what is no step. */
function grainOf(group = 'auto'): ChartGrain {
  if (group === 'auto') return AUTO_POINTS;
  return { step: parseStep(group), maxPoints: MAX_POINTS };
}

const stepRecord = ({ startUs, endUs, coveredUs }: HistoryStep): object => ({
  from: secondsOf(startUs),
  to: secondsOf(endUs),
  recordedSeconds: secondsOf(coveredUs),
});

function layersOf({ store, range }: HistoryContext, by: SeriesKind, { layers, other }: HistoryStack): object {
  const names =
    by === 'host'
      ? queryNamesOf(
          store,
          range,
          layers.map(({ name }) => name),
        )
      : undefined;
  const recordOf = ({ name, txBytes, rxBytes, txTotal, rxTotal }: StackLayer): object => {
    const label = names?.get(name);
    return { name, ...(label !== undefined && { label }), txBytes, rxBytes, txTotal, rxTotal };
  };
  return {
    layers: layers.map(recordOf),
    ...(other.txTotal + other.rxTotal > 0 && { other: recordOf(other) }),
  };
}

/** As long, and just before. */
export function periodBefore({ fromUs, toUs }: TimeRange): TimeRange {
  return { fromUs: fromUs - (toUs - fromUs), toUs: fromUs };
}

function previousOf({ store, range, filter }: HistoryContext, grain: ChartGrain): object {
  const before = periodBefore(range);
  const { points } = querySeries(store, before, grain, filter);
  const txBytes = points.map((point) => point.txBytes);
  const rxBytes = points.map((point) => point.rxBytes);
  return {
    from: secondsOf(before.fromUs),
    to: secondsOf(before.toUs),
    steps: points.map(stepRecord),
    total: { txBytes, rxBytes, txTotal: sumOf(txBytes), rxTotal: sumOf(rxBytes) },
  };
}

const sumOf = (column: readonly number[]): number => column.reduce((sum, bytes) => sum + bytes, 0);
