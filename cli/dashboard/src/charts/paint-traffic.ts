// Draws a shape of traffic on a canvas: layers as steps or, where steps are narrow, as an area; stretches nobody recorded as hatching; the
// period before as a dashed line. Owns the strokes. Must not know where the numbers come from. Bound: layers times steps.
import type { Column } from '../logic/stack.js';
import type { TrafficShape } from '../logic/traffic-shape.js';
import type { PlotTheme } from './plot-theme.js';

export interface PlotPlace {
  readonly context: CanvasRenderingContext2D;
  /** Of the plot, in canvas pixels. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Canvas pixels of a moment. */
  readonly x: (ts: number) => number;
  /** Canvas pixels of a value; below the line it is negative. */
  readonly y: (value: number) => number;
  /** Canvas pixels of one of the page. */
  readonly ratio: number;
}

export interface PaintOptions {
  readonly theme: PlotTheme;
  /** One layer is received and sent in their own colours. */
  readonly isPlain: boolean;
  /** The layer the pointer is on; the others stand back. */
  readonly lit: number | undefined;
  /** The step the pointer is on. */
  readonly step: number | undefined;
}

/** Steps wider than this, in pixels of the page, stand apart as bars. */
const BAR_PX = 7;

export function paintTraffic(place: PlotPlace, shape: TrafficShape, options: PaintOptions): void {
  const { context } = place;
  context.save();
  context.beginPath();
  context.rect(place.left, place.top, place.width, place.height);
  context.clip();
  paintGaps(place, shape, options.theme);
  paintStep(place, shape, options);
  paintSide(place, shape, shape.up, 1, options);
  paintSide(place, shape, shape.down, -1, options);
  paintPrevious(place, shape, options.theme);
  context.restore();
  // The line between received and sent.
  context.fillStyle = options.theme.muted;
  context.globalAlpha = 0.6;
  context.fillRect(place.left, Math.round(place.y(0)), place.width, Math.max(1, Math.round(place.ratio / 2)));
  context.globalAlpha = 1;
}

function paintGaps({ context, top, height, x, ratio }: PlotPlace, { gaps }: TrafficShape, { gap }: PlotTheme): void {
  if (gaps.length === 0) return;
  const tile = hatching(gap, ratio);
  for (const { from, to, missing } of gaps) {
    const [left, width] = [x(from), Math.max(ratio, x(to) - x(from))];
    context.globalAlpha = 0.05 + 0.05 * missing;
    context.fillStyle = gap;
    context.fillRect(left, top, width, height);
    if (tile === undefined) continue;
    context.globalAlpha = 0.12 + 0.3 * missing;
    context.fillStyle = context.createPattern(tile, 'repeat') ?? gap;
    context.fillRect(left, top, width, height);
  }
  context.globalAlpha = 1;
}

function hatching(color: string, ratio: number): HTMLCanvasElement | undefined {
  const size = Math.round(6 * ratio);
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const context = tile.getContext('2d') ?? undefined;
  if (context === undefined) return undefined;
  context.strokeStyle = color;
  context.lineWidth = ratio;
  context.beginPath();
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift, size);
    context.lineTo(shift + size, 0);
  }
  context.stroke();
  return tile;
}

function paintStep(
  { context, top, height, x }: PlotPlace,
  { steps }: TrafficShape,
  { theme, step }: PaintOptions,
): void {
  const at = step === undefined ? undefined : steps[step];
  if (at === undefined) return;
  context.globalAlpha = 0.08;
  context.fillStyle = theme.ink;
  context.fillRect(x(at.from), top, Math.max(1, x(at.to) - x(at.from)), height);
  context.globalAlpha = 1;
}

function paintSide(
  place: PlotPlace,
  shape: TrafficShape,
  edges: readonly Column[],
  sign: 1 | -1,
  { theme, isPlain, lit }: PaintOptions,
): void {
  const { context, ratio } = place;
  const first = shape.steps[0];
  if (first === undefined) return;
  const isBars = place.x(first.to) - place.x(first.from) > BAR_PX * ratio;
  for (const [index, edge] of edges.entries()) {
    const { color } = shape.layers[index]!;
    const plain = sign < 0 || shape.layers[index]!.id === 'tx' ? theme.tx : theme.rx;
    const fill = isPlain
      ? plain
      : typeof color === 'number'
        ? theme.layers[color % theme.layers.length]!
        : theme[color];
    context.globalAlpha = lit === undefined || lit === index ? (isPlain ? 0.78 : 0.92) : 0.22;
    context.fillStyle = fill;
    context.beginPath();
    traceLayer(place, shape, edge, edges[index - 1], sign, isBars);
    context.fill();
  }
  context.globalAlpha = 1;
}

/** Between neighbours, so that they are two whatever their colours. */
const APART_PX = 0.5;

/** Runs of steps that were recorded, each a closed shape between two edges. */
function traceLayer(
  { context, x, y, ratio }: PlotPlace,
  { steps }: TrafficShape,
  edge: Column,
  below: Column | undefined,
  sign: 1 | -1,
  isBars: boolean,
): void {
  const apart = isBars ? ratio : 0;
  let start = 0;
  while (start < steps.length) {
    if (edge[start] === undefined) {
      start += 1;
      continue;
    }
    let end = start;
    while (end < steps.length && edge[end] !== undefined && (!isBars || end === start)) end += 1;
    context.moveTo(x(steps[start]!.from), y(sign * (below?.[start] ?? 0)));
    for (let step = start; step < end; step++) {
      const bottom = y(sign * (below?.[step] ?? 0));
      const edgeY = y(sign * edge[step]!);
      // What is thinner than the gap itself is drawn whole.
      const top = Math.abs(edgeY - bottom) > 3 * APART_PX * ratio ? edgeY + sign * APART_PX * ratio : edgeY;
      context.lineTo(x(steps[step]!.from), top);
      context.lineTo(x(steps[step]!.to) - apart, top);
    }
    for (let step = end - 1; step >= start; step--) {
      const bottom = y(sign * (below?.[step] ?? 0));
      context.lineTo(x(steps[step]!.to) - apart, bottom);
      context.lineTo(x(steps[step]!.from), bottom);
    }
    context.closePath();
    start = end;
  }
}

function paintPrevious({ context, x, y, ratio }: PlotPlace, shape: TrafficShape, theme: PlotTheme): void {
  context.strokeStyle = theme.ink;
  context.globalAlpha = 0.75;
  context.lineWidth = 1.25 * ratio;
  context.setLineDash([4 * ratio, 3 * ratio]);
  for (const [column, sign] of [
    [shape.previousUp, 1],
    [shape.previousDown, -1],
  ] as const) {
    if (column === undefined) continue;
    context.beginPath();
    for (const [step, { from, to }] of shape.steps.entries()) {
      const value = column[step];
      if (value === undefined) break;
      const height = y(sign * value);
      context.lineTo(x(from), height);
      context.lineTo(x(to), height);
    }
    context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}
