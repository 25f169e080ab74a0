// Names over time, one on top of the other, as inline SVG. Owns the drawing; colours are classes of the page's style, told apart by
// people who see few colours, with a thin line of the page between two. Bound: the caller's steps and layers.
import { formatBitRate } from '@kaipo/core/kernel/units.js';
import type { HistoryStack, HistoryStep, StackLayer } from '@kaipo/core/query/history.js';
import { rateTicks, timeTicks } from '../chart-scale.js';
import { html, Markup } from '../html.js';

/** Colours there are for names; what is left is grey. */
export const STACK_COLOURS = 7;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly timeTicks: number;
}

const WIDE: Frame = { width: 960, height: 260, left: 76, right: 8, timeTicks: 9 };
const NARROW: Frame = { width: 360, height: 220, left: 78, right: 6, timeTicks: 5 };
const TOP = 10;
const AXIS = 24;
const US_PER_S = 1_000_000;

/** `subject`: what the layers are, for who cannot see them: "Applications". */
export function stackChart(stack: HistoryStack, subject: string): Markup {
  const curves = stackedRates(stack);
  return html`<div class="chart chart-wide">${drawing(stack, curves, subject, WIDE)}</div><div class="chart chart-narrow">${drawing(stack, curves, subject, NARROW)}</div>`;
}

/** The layers that are drawn, largest first, the others last: of these the class. */
export function stackLayers({ layers, other }: HistoryStack): { readonly layer: StackLayer; readonly key: string }[] {
  const drawn = layers.map((layer, rank) => ({ layer, key: rank < STACK_COLOURS ? `layer-${rank}` : 'layer-other' }));
  return other.txTotal + other.rxTotal > 0 ? [...drawn, { layer: other, key: 'layer-other' }] : drawn;
}

interface Curve {
  readonly key: string;
  /** Bytes a second by step, from the top of what is below. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

function stackedRates(stack: HistoryStack): readonly Curve[] {
  let from: readonly number[] = stack.steps.map(() => 0);
  return stackLayers(stack).map(({ layer, key }) => {
    const to = stack.steps.map((step, index) => {
      const spanUs = step.coveredUs > 0 ? Math.min(step.coveredUs, lengthUs(step)) : lengthUs(step);
      return from[index]! + (layer.txBytes[index]! + layer.rxBytes[index]!) / (spanUs / US_PER_S);
    });
    const curve = { key, from, to };
    from = to;
    return curve;
  });
}

function drawing({ steps }: HistoryStack, curves: readonly Curve[], subject: string, frame: Frame): Markup {
  const fromUs = steps[0]?.startUs ?? 0;
  const toUs = steps.at(-1)?.endUs ?? 1;
  const most = Math.max(1, ...(curves.at(-1)?.to ?? []));
  const bottom = frame.height - AXIS;
  const ticks = rateTicks(most * 8, 4).map((bits) => bits / 8);
  const scale = (bottom - TOP) / Math.max(most, ticks.at(-1) ?? 1);
  const x = (us: number): number =>
    frame.left + ((us - fromUs) / (toUs - fromUs)) * (frame.width - frame.left - frame.right);
  const y = (rate: number): number => bottom - rate * scale;
  return html`<svg viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${subject} over time, one on top of the other: at most ${formatBitRate(most)} together. The table has their sums.">
${ticks.map((rate) => html`<line class="grid" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${round(y(rate))}" y2="${round(y(rate))}"/><text x="${frame.left - 8}" y="${round(y(rate) + 4)}" text-anchor="end">${rate === 0 ? '0' : formatBitRate(rate)}</text>`)}
${gaps(steps, x, bottom)}${curves.map((curve) => html`<path class="layer ${curve.key}" d="${area(steps, curve, x, y)}"/>`)}
${timeTicks(fromUs, toUs, frame.timeTicks).map(({ us, text }) => timeLabel(x(us), text, frame))}
</svg>`;
}

function timeLabel(x: number, text: string, frame: Frame): Markup {
  // Kept inside the drawing at both ends.
  const half = text.length * 3.5;
  const at = Math.min(frame.width - half, Math.max(half, x));
  return html`<line class="tick" x1="${round(x)}" x2="${round(x)}" y1="${frame.height - AXIS}" y2="${frame.height - AXIS + 4}"/><text x="${round(at)}" y="${frame.height - 6}" text-anchor="middle">${text}</text>`;
}

/** One closed shape for each stretch of steps in which something of the layer moved: along its top, and back along what is below. */
function area(
  steps: readonly HistoryStep[],
  { from, to }: Curve,
  x: (us: number) => number,
  y: (rate: number) => number,
): Markup {
  let path = '';
  for (let at = 0; at < steps.length; ) {
    let end = at;
    let top = '';
    while (end < steps.length && to[end]! > from[end]!) {
      top += `V${round(y(to[end]!))}H${round(x(steps[end]!.endUs))}`;
      end += 1;
    }
    if (end > at)
      path += `M${round(x(steps[at]!.startUs))} ${round(y(from[at]!))}${top}${backFrom(steps, from, at, end, x, y)}Z`;
    at = Math.max(end, at + 1);
  }
  // Numbers and letters of our own, and longer than captured text may be.
  return new Markup(path);
}

/** The lower edge, from the last step to the first. */
function backFrom(
  steps: readonly HistoryStep[],
  from: readonly number[],
  first: number,
  end: number,
  x: (us: number) => number,
  y: (rate: number) => number,
): string {
  let path = '';
  for (let at = end - 1; at >= first; at--) path += `V${round(y(from[at]!))}H${round(x(steps[at]!.startUs))}`;
  return path;
}

function gaps(steps: readonly HistoryStep[], x: (us: number) => number, bottom: number): Markup[] {
  const marks: Markup[] = [];
  for (let at = 0; at < steps.length; at++) {
    const first = at;
    while (at < steps.length && steps[at]!.coveredUs === 0) at += 1;
    if (at === first) continue;
    const [left, right] = [x(steps[first]!.startUs), x(steps[at - 1]!.endUs)];
    marks.push(
      html`<rect class="gap" x="${round(left)}" y="${TOP}" width="${round(right - left)}" height="${bottom - TOP}"/>`,
    );
  }
  return marks;
}

const lengthUs = ({ startUs, endUs }: HistoryStep): number => endUs - startUs;

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
