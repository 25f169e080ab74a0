// Throughput over the last minutes and the books below it. Owns: the mirrored graph (rx rises, tx hangs), its scale and
// labels, the books bar. Must not know: how dots are plotted (`plot`). Bound: two samples a column of the pane.
import { formatBytes } from '@kaipo/core/kernel/units.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import type { Plot } from '../ascii-plot.js';
import { type Line, lineWidth, type Span, span } from '../canvas.js';
import { type BarPart, fitParts } from '../fit-parts.js';
import type { ThroughputSample } from '../live-memory.js';
import { formatRate, type ViewContext } from '../pane.js';
import type { StyleName } from '../theme.js';

/** Columns of the scale beside the graph, where there is room for it. */
const SCALE_WIDTH = 9;
const SCALE_FROM = 60;

export interface Overview {
  readonly lines: readonly Line[];
  readonly titleRight: Line;
  readonly bottom: Line;
}

export function drawOverview(context: ViewContext, plot: Plot, width: number, height: number): Overview {
  const { memory, snapshot, glyphs } = context;
  const gutter = width >= SCALE_FROM ? SCALE_WIDTH + 1 : 0;
  const graphWidth = width - gutter;
  const books = height >= 3;
  const graphHeight = height - (books ? 1 : 0);
  const samples = memory.window(graphWidth * 2, snapshot.tsUs, context.link);
  const rxHeight = Math.ceil(graphHeight / 2);
  const txHeight = graphHeight - rxHeight;
  const lines: Line[] = [];
  const half = (direction: 'rx' | 'tx', rows: number): void => {
    if (rows === 0) return;
    const values = samples.map((sample) => sample[direction]);
    const top = niceScale(Math.max(0, ...values.filter((value) => !Number.isNaN(value))), context);
    const shape = plot(
      values.map((value) => value / top),
      graphWidth,
      rows,
      direction === 'tx',
    );
    for (let row = 0; row < rows; row += 1) {
      const fromBase = direction === 'rx' ? rows - 1 - row : row;
      const style = `${direction}${1 + Math.min(2, Math.floor((fromBase * 3) / rows))}` as StyleName;
      const label = formatRate(top, context);
      const labelled = direction === 'rx' ? row === 0 : row === rows - 1;
      if (gutter > 0) {
        lines.push([
          span((labelled ? label : '').padStart(SCALE_WIDTH), 'dim'),
          span(' '),
          span(shape[row] ?? '', style),
        ]);
      } else {
        // No room for a scale: the label stands on the oldest end of the graph.
        const text = shape[row] ?? '';
        lines.push(
          labelled
            ? [span(`${label} `, 'dim'), span([...text].slice(label.length + 1).join(''), style)]
            : [span(text, style)],
        );
      }
    }
  };
  half('rx', rxHeight);
  half('tx', txHeight);
  if (books) lines.push(booksLine(snapshot, context, width));
  const now = samples.at(-1);
  const titleRight: Line =
    now === undefined || Number.isNaN(now.rx)
      ? []
      : [
          span(` ${glyphs.rx} ${formatRate(now.rx, context)} `, 'rx'),
          span(`${glyphs.tx} ${formatRate(now.tx, context)} `, 'tx'),
        ];
  return { lines, titleRight, bottom: timeLabels(samples, graphWidth, snapshot, width) };
}

/** The next round number above, in the unit shown. At least 1 kb/s, so that silence is flat. */
export function niceScale(bytesPerSecond: number, { units, prefix }: Pick<ViewContext, 'units' | 'prefix'>): number {
  const thousand = prefix === 'si' ? 1000 : 1024;
  const shown = units === 'bits' ? 8 : 1;
  const value = Math.max(bytesPerSecond * shown, thousand);
  let unit = 1;
  while (value / unit >= thousand * 0.999) unit *= thousand;
  const amount = value / unit;
  const power = 10 ** Math.floor(Math.log10(amount * 1.001));
  const step = [1, 2, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * power >= amount * 0.999) ?? 10;
  return (step * power * unit) / shown;
}

/** How far back the graph goes, for the bottom edge of the box. */
function timeLabels(
  samples: readonly ThroughputSample[],
  columns: number,
  snapshot: LiveSnapshot,
  width: number,
): Line {
  const seconds = Math.round((columns * 2 * snapshot.intervalUs) / 1e6);
  if (samples.length === 0 || width < 24) return [];
  const text =
    seconds < 120 ? `${seconds} s` : `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0).replace('.0', '')} min`;
  return [span(` ${text} `, 'dim')];
}

/** `Books ━━━━━━━━╍╍┄ 93.1 % attributed · 5.2 % unknown · 1.7 % not captured`. */
export function booksLine(snapshot: LiveSnapshot, context: ViewContext, width: number): Line {
  const { glyphs } = context;
  const { kernelBytes, attributedBytes, unknownBytes, notCapturedBytes, inFlightBytes } = snapshot.books;
  const whole = Math.max(kernelBytes, attributedBytes + unknownBytes + notCapturedBytes);
  if (whole <= 0) return [span('Books', 'heading'), span(' no traffic in this interval', 'dim')];
  const part = (bytes: number): string => percentText(bytes / whole);
  const dot = span(` ${glyphs.separator} `, 'dim');
  const named = span(`${part(attributedBytes)} attributed`, 'rx');
  const unknown = span(`${part(unknownBytes)} unknown`, unknownBytes > 0 ? 'warn' : 'dim');
  const missed = span(`${part(notCapturedBytes)} not captured`, 'dim');
  const flying = span(`${formatBytes(inFlightBytes, context.prefix)} in flight`, 'dim');
  const words: BarPart = {
    priority: 1,
    variants: [
      [span(`${formatBytes(kernelBytes, context.prefix)} `), dot, named, dot, unknown, dot, missed, dot, flying].slice(
        0,
      ) as Span[],
      [named, dot, unknown, dot, missed, dot, flying],
      [named, dot, unknown, dot, missed],
      [named, dot, unknown],
      [named],
    ],
  };
  // The bar takes what the words leave; words shrink until it has at least a dozen columns.
  const bar = Math.max(8, Math.min(12, width - 20));
  const fitted = fitParts([words], Math.max(1, width - 7 - bar));
  const text = fitted.filter((piece) => piece.text.trim() !== '' || piece.style !== 'text');
  const room = Math.max(4, Math.min(40, width - 7 - lineWidth(text)));
  const cells = (bytes: number): number => Math.round((Math.max(0, bytes) / whole) * room);
  const a = Math.min(room, cells(attributedBytes));
  const u = Math.min(room - a, Math.max(unknownBytes > 0 ? 1 : 0, cells(unknownBytes)));
  return [
    span('Books ', 'heading'),
    span(glyphs.fill[0].repeat(a), 'rx'),
    span(glyphs.fill[1].repeat(u), 'warn'),
    span(glyphs.fill[2].repeat(room - a - u), 'dim'),
    span(' '),
    ...text,
  ];
}

/** 0.9312 -> `93.1 %`; what is not nothing never reads 0. */
function percentText(ratio: number): string {
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.1) return '<0.1 %';
  return `${percent >= 99.95 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}
