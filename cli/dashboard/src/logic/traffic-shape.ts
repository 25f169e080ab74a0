// Traffic over time as a chart draws it: edges of layers above and below the line, what was the period before, what was not recorded.
// Owns the choice of direction and of amount or speed. Must not know colours or pixels. Bound: layers times steps.
import { asRates, type Column, type Gap, gapsOf, stackedEdges } from './stack.js';

/** Received above and sent below the line, or one of them, or both added. */
export type Direction = 'both' | 'rx' | 'tx' | 'total';
/** Bytes of each step, or bytes a second. */
export type Measure = 'amount' | 'speed';

export interface ShapeStep {
  readonly from: number;
  readonly to: number;
  readonly recordedSeconds: number;
}

export interface ShapeColumns {
  readonly txBytes: readonly number[];
  readonly rxBytes: readonly number[];
}

export interface ShapeLayer extends ShapeColumns {
  /** Stays the same when the layer is asked for again. */
  readonly id: string;
  readonly label: string;
  /** Its place in the palette; or what is left over; or what is known from counters alone. */
  readonly color: number | 'other' | 'uncaptured';
}

export interface ShapeQuestion {
  readonly steps: readonly ShapeStep[];
  /** The first at the line. */
  readonly layers: readonly ShapeLayer[];
  readonly previous?: ShapeColumns | undefined;
  readonly direction: Direction;
  readonly measure: Measure;
  /** What was asked for: a step may begin before it, and what is later has not happened yet. */
  readonly range: { readonly from: number; readonly to: number };
}

export interface TrafficShape {
  readonly steps: readonly ShapeStep[];
  readonly layers: readonly ShapeLayer[];
  /** By layer: the upper edge, from the line upwards. */
  readonly up: readonly Column[];
  /** By layer: the lower edge, as positive numbers; empty where nothing is drawn below. */
  readonly down: readonly Column[];
  readonly previousUp: readonly number[] | undefined;
  readonly previousDown: readonly number[] | undefined;
  readonly gaps: readonly Gap[];
  readonly mostUp: number;
  readonly mostDown: number;
}

export function shapeOf({ steps, layers, previous, direction, measure, range }: ShapeQuestion): TrafficShape {
  const recordedSeconds = steps.map((step, index) =>
    // What was imported has bytes and no time of recording.
    step.recordedSeconds > 0 || layers.every(({ txBytes, rxBytes }) => !txBytes[index] && !rxBytes[index])
      ? step.recordedSeconds
      : step.to - step.from,
  );
  const recorded = recordedSeconds.map((seconds) => seconds > 0);
  const lengths = steps.map(({ from, to }) => to - from);
  const shown = (bytes: readonly number[], seconds: readonly number[]): readonly number[] =>
    measure === 'amount' ? bytes : asRates(bytes, seconds);
  const upOf = (columns: ShapeColumns): readonly number[] =>
    direction === 'tx'
      ? columns.txBytes
      : direction === 'total'
        ? columns.rxBytes.map((bytes, step) => bytes + (columns.txBytes[step] ?? 0))
        : columns.rxBytes;

  const up = stackedEdges(
    layers.map((layer) => shown(upOf(layer), recordedSeconds)),
    recorded,
  );
  const isMirrored = direction === 'both';
  const down = isMirrored
    ? stackedEdges(
        layers.map(({ txBytes }) => shown(txBytes, recordedSeconds)),
        recorded,
      )
    : [];
  const previousUp = previous === undefined ? undefined : shown(upOf(previous), lengths);
  const previousDown = previous === undefined || !isMirrored ? undefined : shown(previous.txBytes, lengths);
  return {
    steps,
    layers,
    up,
    down,
    previousUp,
    previousDown,
    gaps: gapsOf(
      steps.map((step, index) => ({ ...step, recordedSeconds: recordedSeconds[index]! })),
      range,
    ),
    mostUp: mostOf(up.at(-1), previousUp),
    mostDown: mostOf(down.at(-1), previousDown),
  };
}

function mostOf(...columns: readonly (Column | undefined)[]): number {
  let most = 0;
  for (const column of columns) for (const value of column ?? []) if (value !== undefined && value > most) most = value;
  return most;
}

/** The step that has the moment in it. */
export function stepAt(steps: readonly ShapeStep[], ts: number): number | undefined {
  let [low, high] = [0, steps.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { from, to } = steps[middle]!;
    if (ts < from) high = middle - 1;
    else if (ts >= to) low = middle + 1;
    else return middle;
  }
  return undefined;
}

/** The layer at a height over a step (below the line: negative). */
export function layerAt(shape: TrafficShape, step: number, value: number): number | undefined {
  const edges = value >= 0 ? shape.up : shape.down;
  const index = edges.findIndex((edge) => (edge[step] ?? -1) >= Math.abs(value));
  return index < 0 ? undefined : index;
}
