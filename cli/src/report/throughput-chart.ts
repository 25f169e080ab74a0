// The throughput chart as inline SVG: received upwards, sent downwards, time that was not recorded shaded. Owns the drawing; colours
// are classes of the page's style. Drawn twice, for wide and for narrow pages, so that its text never shrinks.

import { formatBitRate } from '@kaipo/core/kernel/units.js';
import type { HistoryPoint, HistorySeries } from '@kaipo/core/query/history.js';
import { rateTicks, timeTicks } from './chart-scale.js';
import { html, Markup } from './html.js';

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly timeTicks: number;
}

const WIDE: Frame = { width: 960, height: 300, left: 76, right: 8, timeTicks: 9 };
const NARROW: Frame = { width: 360, height: 250, left: 78, right: 6, timeTicks: 5 };
const TOP = 10;
const AXIS = 24;
const US_PER_S = 1_000_000;

export function throughputChart(series: HistorySeries): Markup {
  return html`<div class="chart chart-wide">${drawing(series, WIDE)}</div><div class="chart chart-narrow">${drawing(series, NARROW)}</div>`;
}

/** Bytes a second of one step, over the time of it that was recorded; bytes that were counted afterwards are of all its time. */
export function rateOf({ coveredUs, caughtUpBytes = 0 }: HistoryPoint, bytes: number, stepUs: number): number {
  const spanUs = coveredUs > 0 && caughtUpBytes === 0 ? Math.min(coveredUs, stepUs) : stepUs;
  return bytes / (spanUs / US_PER_S);
}

function drawing(series: HistorySeries, frame: Frame): Markup {
  const { points, stepUs } = series;
  const fromUs = points[0]?.startUs ?? series.fromUs;
  const toUs = fromUs + points.length * stepUs;
  const rx = points.map((point) => rateOf(point, point.rxBytes, stepUs));
  const tx = points.map((point) => rateOf(point, point.txBytes, stepUs));
  const rxMost = Math.max(1, ...rx);
  const txMost = Math.max(1, ...tx);
  // Both directions share one scale; the smaller one still gets a fifth of the height.
  const plot = frame.height - TOP - AXIS;
  const share = Math.min(0.8, Math.max(0.2, rxMost / (rxMost + txMost)));
  const zeroY = TOP + plot * share;
  const scale = Math.min((zeroY - TOP) / rxMost, (frame.height - AXIS - zeroY) / txMost);
  const x = (us: number): number =>
    frame.left + ((us - fromUs) / (toUs - fromUs)) * (frame.width - frame.left - frame.right);
  const up = (rate: number): number => zeroY - rate * scale;
  const down = (rate: number): number => zeroY + rate * scale;
  const ticks = rateTicks(Math.max(rxMost, txMost) * 8, 3).map((bits) => bits / 8);
  const lines = [
    ...ticks.filter((rate) => up(rate) >= TOP - 1).map((rate) => gridLine(up(rate), rate, frame)),
    ...ticks
      .filter((rate) => rate > 0 && down(rate) <= frame.height - AXIS + 1)
      .map((rate) => gridLine(down(rate), rate, frame)),
  ];
  const label = `Throughput over time: at most ${formatBitRate(rxMost)} received and ${formatBitRate(txMost)} sent`;
  return html`<svg viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${label}">
${gaps(points, stepUs, x, frame)}${lines}
<path class="rx" d="${areaPath(points, rx, stepUs, x, up, zeroY)}"/><path class="tx" d="${areaPath(points, tx, stepUs, x, down, zeroY)}"/>
<line class="zero" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${round(zeroY)}" y2="${round(zeroY)}"/>
${timeTicks(fromUs, toUs, frame.timeTicks).map(({ us, text }) => timeLabel(x(us), text, frame))}
</svg>`;
}

function gridLine(y: number, rate: number, frame: Frame): Markup {
  return html`<line class="grid" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${round(y)}" y2="${round(y)}"/><text x="${frame.left - 8}" y="${round(y + 4)}" text-anchor="end">${rate === 0 ? '0' : formatBitRate(rate)}</text>`;
}

function timeLabel(x: number, text: string, frame: Frame): Markup {
  // Kept inside the drawing at both ends.
  const half = text.length * 3.5;
  const at = Math.min(frame.width - half, Math.max(half, x));
  return html`<line class="tick" x1="${round(x)}" x2="${round(x)}" y1="${frame.height - AXIS}" y2="${frame.height - AXIS + 4}"/><text x="${round(at)}" y="${frame.height - 6}" text-anchor="middle">${text}</text>`;
}

/** Steps, because a rate is an average over its step; one closed shape for each stretch that was recorded. */
function areaPath(
  points: readonly HistoryPoint[],
  rates: readonly number[],
  stepUs: number,
  x: (us: number) => number,
  y: (rate: number) => number,
  zeroY: number,
): Markup {
  let path = '';
  points.forEach((point, index) => {
    if (point.coveredUs === 0) return;
    const begins = index === 0 || points[index - 1]!.coveredUs === 0;
    const ends = index === points.length - 1 || points[index + 1]!.coveredUs === 0;
    const height = round(y(rates[index]!));
    path += begins ? `M${round(x(point.startUs))} ${round(zeroY)}V${height}` : `V${height}`;
    path += `H${round(x(point.startUs + stepUs))}`;
    if (ends) path += `V${round(zeroY)}Z`;
  });
  // Numbers and letters of our own, and longer than captured text may be.
  return new Markup(path);
}

function gaps(points: readonly HistoryPoint[], stepUs: number, x: (us: number) => number, frame: Frame): Markup[] {
  const marks: Markup[] = [];
  let startUs = -1;
  const close = (endUs: number): void => {
    if (startUs >= 0) {
      const width = x(endUs) - x(startUs);
      marks.push(
        html`<rect class="gap" x="${round(x(startUs))}" y="${TOP}" width="${round(width)}" height="${frame.height - TOP - AXIS}"/>`,
      );
    }
    startUs = -1;
  };
  for (const point of points) {
    if (point.coveredUs > 0) close(point.startUs);
    else if (startUs < 0) startUs = point.startUs;
  }
  close((points.at(-1)?.startUs ?? 0) + stepUs);
  return marks;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
