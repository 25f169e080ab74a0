// The canvas of a chart of traffic: axes, pointer, zoom by dragging. Owns the uPlot behind it and its size. Must not know answers or
// pages. Bound: one canvas; released by `destroy`.
import uPlot from 'uplot';
import { byteMarks, markText, timeTexts } from '../logic/axis.js';
import { layerAt, type Measure, stepAt, type TrafficShape } from '../logic/traffic-shape.js';
import { paintTraffic } from './paint-traffic.js';
import { plotTheme } from './plot-theme.js';

export interface PlotPointer {
  readonly step: number;
  readonly layer: number | undefined;
  /** In pixels of the page, from the corner of the plot. */
  readonly left: number;
  /** Of the plot. */
  readonly width: number;
}

export interface PlotEvents {
  onpointer(pointer: PlotPointer | undefined): void;
  /** A layer, or what is between, was clicked. */
  onclick(pointer: PlotPointer): void;
  /** Absent: dragging does nothing. */
  readonly onzoom: ((from: number, to: number) => void) | undefined;
}

const MIN_DRAG_PX = 6;
/** An axis of nothing still has marks. */
const LEAST_BYTES = 1000;
const MARK_EVERY_PX = 44;
const AXIS_LEFT = 66;

export class TrafficPlot {
  readonly #plot: uPlot;
  readonly #events: PlotEvents;
  readonly #resize: ResizeObserver;
  #theme = plotTheme();
  #shape: TrafficShape;
  #measure: Measure;
  #isPlain = false;
  #lit: number | undefined;
  #pointer: PlotPointer | undefined;
  #wasDragged = false;

  constructor(target: HTMLElement, height: number, shape: TrafficShape, measure: Measure, events: PlotEvents) {
    this.#shape = shape;
    this.#measure = measure;
    this.#events = events;
    this.#plot = new uPlot(this.#options(target.clientWidth, height), this.#data(), target);
    this.#plot.over.addEventListener('mousedown', () => {
      this.#wasDragged = false;
    });
    this.#plot.over.addEventListener('click', () => {
      if (!this.#wasDragged && this.#pointer !== undefined) events.onclick(this.#pointer);
    });
    this.#resize = new ResizeObserver(() => this.#plot.setSize({ width: target.clientWidth, height }));
    this.#resize.observe(target);
  }

  show(shape: TrafficShape, measure: Measure, isPlain: boolean): void {
    this.#shape = shape;
    this.#measure = measure;
    this.#isPlain = isPlain;
    this.#theme = plotTheme();
    this.#plot.setData(this.#data());
  }

  /** Lights a layer up, as the pointer would. */
  light(layer: number | undefined): void {
    if (layer === this.#lit) return;
    this.#lit = layer;
    this.#plot.redraw(false);
  }

  destroy(): void {
    this.#resize.disconnect();
    this.#plot.destroy();
  }

  /** uPlot is told where steps begin and end; what is drawn is drawn by us. */
  #data(): uPlot.AlignedData {
    const { steps } = this.#shape;
    const xs = steps.map(({ from }) => from);
    const last = steps.at(-1);
    if (last !== undefined) xs.push(last.to);
    return [xs, new Array<number>(xs.length).fill(0)];
  }

  #options(width: number, height: number): uPlot.Options {
    return {
      width,
      height,
      legend: { show: false },
      padding: [8, 16, 0, 0],
      scales: { x: { time: true, range: (_, min, max) => [min, max] }, y: { range: () => this.#range() } },
      series: [{}, { paths: () => null, points: { show: false } }],
      axes: [
        {
          font: `12px ${this.#theme.font}`,
          stroke: () => this.#theme.muted,
          grid: { show: false },
          ticks: { stroke: () => this.#theme.line, size: 5, width: 1 },
          size: 38,
          space: 74,
          values: (_, splits, __, ___, step) => timeTexts(splits, step),
        },
        {
          font: `12px ${this.#theme.font}`,
          stroke: () => this.#theme.muted,
          grid: { stroke: () => this.#theme.line, width: 1 },
          ticks: { show: false },
          gap: 8,
          size: AXIS_LEFT,
          splits: (plot) => this.#marks(plot.height),
          values: (_, splits) => splits.map((mark) => markText(mark, this.#measure)),
        },
      ],
      cursor: {
        x: false,
        y: false,
        points: { show: false },
        drag: { x: this.#events.onzoom !== undefined, y: false, setScale: false },
      },
      hooks: {
        draw: [(plot) => this.#paint(plot)],
        setCursor: [(plot) => this.#point(plot)],
        setSelect: [(plot) => this.#select(plot)],
      },
    };
  }

  #marks(height: number): number[] {
    const { mostDown, mostUp } = this.#shape;
    return byteMarks(
      mostDown,
      Math.max(mostUp, mostDown === 0 ? LEAST_BYTES : 0),
      Math.max(2, Math.round(height / MARK_EVERY_PX)),
    );
  }

  #range(): [number, number] {
    const marks = this.#marks(this.#plot?.height ?? 240);
    const [low, high] = [marks[0]!, marks.at(-1)!];
    return low === high ? [0, 1] : [low, high];
  }

  #paint(plot: uPlot): void {
    const { left, top, width, height } = plot.bbox;
    paintTraffic(
      {
        context: plot.ctx,
        left,
        top,
        width,
        height,
        x: (ts) => plot.valToPos(ts, 'x', true),
        y: (value) => plot.valToPos(value, 'y', true),
        ratio: devicePixelRatio,
      },
      this.#shape,
      {
        theme: this.#theme,
        isPlain: this.#isPlain,
        lit: this.#lit ?? (this.#isPlain ? undefined : this.#pointer?.layer),
        step: this.#pointer?.step,
      },
    );
  }

  #point(plot: uPlot): void {
    const { left = -1, top = -1 } = plot.cursor;
    const step = left < 0 || top < 0 ? undefined : stepAt(this.#shape.steps, plot.posToVal(left, 'x'));
    const before = this.#pointer;
    this.#pointer =
      step === undefined
        ? undefined
        : { step, layer: layerAt(this.#shape, step, plot.posToVal(top, 'y')), left, width: plot.over.clientWidth };
    if (before?.step !== this.#pointer?.step || before?.layer !== this.#pointer?.layer) plot.redraw(false);
    this.#events.onpointer(this.#pointer);
  }

  #select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < MIN_DRAG_PX) return;
    this.#wasDragged = true;
    const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#events.onzoom?.(from, to);
  }
}
