// The graph in braille dots, by blessed-contrib's line chart. Owns: what the chart needs to draw without its own frame. Bound: MAX_CHARTS
// sizes are kept. The chart keeps room for its own axes and numbers (drawn in toFixed, which is no way to write a rate), so it gets a canvas
// that is larger by exactly that room, and only the plot is read from it. Three points a dot column, (base, value, base), make its line an area.
import { createRequire } from 'node:module';
import type { Plot } from './ascii-plot.js';
import type { BlessedScreen, ContribLine, ContribLineClass } from './blessed-shapes.js';

// Dots left of the plot: axis, then two dots where the chart begins. The fraction keeps the three points in one dot column.
const AXIS = 10.2;
const LEFT_DOTS = 12;
const BELOW_DOTS = 12;
const MAX_CHARTS = 8;

interface Chart {
  readonly chart: ContribLine;
  readonly labels: string[];
}

export function contribPlot(screen: BlessedScreen): Plot {
  const Line = createRequire(import.meta.url)('blessed-contrib/lib/widget/charts/line.js') as ContribLineClass;
  const charts = new Map<string, Chart>();
  const chartFor = (width: number, height: number): Chart => {
    const key = `${width}x${height}`;
    const known = charts.get(key);
    if (known !== undefined) return known;
    if (charts.size >= MAX_CHARTS) charts.clear();
    const made = newChart(Line, screen, width, height);
    charts.set(key, made);
    return made;
  };
  return (values, width, height, down) => {
    const { chart, labels } = chartFor(width, height);
    const points: number[] = [];
    const outside = down ? 1 + 8 / (height * 4) : -2 / (height * 4 - 1);
    for (let i = values.length - width * 2; i < values.length; i += 1) {
      const value = values[i] ?? Number.NaN;
      if (Number.isNaN(value)) points.push(outside, outside, outside);
      else if (down) points.push(1, 1 - value, 1);
      else points.push(0, value, 0);
    }
    chart.setData([{ x: labels, y: points }]);
    return plotRows(chart, width, height);
  };
}

function newChart(Line: ContribLineClass, screen: BlessedScreen, width: number, height: number): Chart {
  const size = { width: width * 2 + LEFT_DOTS, height: height * 4 + BELOW_DOTS };
  const chart = new Line({
    screen,
    xPadding: AXIS,
    numYLabels: 1,
    maxY: (size.height - 11) / (size.height - 13),
    showNthLabel: Number.MAX_SAFE_INTEGER,
  });
  chart.calcSize = () => {
    chart.canvasSize = size;
  };
  screen.append(chart);
  screen.remove(chart);
  // The chart clears with two filled triangles, dot by dot; it is the largest part of its cost.
  chart.ctx.clearRect = () => {
    chart.ctx._canvas.content.fill(0);
  };
  return { chart, labels: new Array<string>(3 * (size.width - 10)).fill('') };
}

function plotRows(chart: ContribLine, width: number, height: number): string[] {
  const { content } = chart.ctx._canvas;
  const stride = (width * 2 + LEFT_DOTS) / 2;
  const rows: string[] = [];
  for (let y = 0; y < height; y += 1) {
    let row = '';
    for (let x = 0; x < width; x += 1) {
      const mask = content[y * stride + LEFT_DOTS / 2 + x] ?? 0;
      row += mask === 0 ? ' ' : String.fromCharCode(0x2800 + mask);
    }
    rows.push(row);
  }
  return rows;
}
