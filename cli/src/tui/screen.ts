// The terminal itself. Owns: blessed and blessed-contrib (no other file touches them), input, resizing, the rate of
// drawing, and giving the terminal back as it was. Must not know: what the picture shows.
// Bounds: snapshots are drawn at most every DRAW_EVERY_MS, keys every KEY_EVERY_MS; one canvas of the terminal's size.
//
// blessed does what it is good at: raw input, modes, and sending only the cells that changed. Its widgets are left
// alone: they parse {tags} and measure text with width tables of 2015. Cells go straight into its buffer instead.
import { createRequire } from 'node:module';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { asciiPlot, type Plot } from './ascii-plot.js';
import type {
  Blessed,
  BlessedKey,
  BlessedMouse,
  BlessedScreen,
  ContribLine,
  ContribLineClass,
} from './blessed-shapes.js';
import { Canvas } from './canvas.js';
import { drawPicture, keyContext, type Picture, paneAt } from './compose.js';
import type { Layout } from './layout.js';
import { LiveMemory } from './live-memory.js';
import { COLOR_THEME, glyphsFor, type Look, PLAIN_THEME, type StyleName } from './theme.js';
import { applyKey, focusPane, newViewState } from './view-state.js';

const DRAW_EVERY_MS = 250;
const KEY_EVERY_MS = 30;

export interface DashboardOptions {
  /** `key`: q was pressed. `interrupt`: Ctrl-C, or the terminal went away. Called once; the caller closes and exits. */
  onQuit(reason: 'key' | 'interrupt'): void;
  readonly color: boolean;
  readonly input?: NodeJS.ReadStream;
  readonly output?: NodeJS.WriteStream;
  readonly title?: string;
}

export interface Dashboard {
  update(snapshot: LiveSnapshot): void;
  /** A line for the notices: something only the caller knows. */
  notify(text: string): void;
  /** Gives the terminal back. May be called twice. */
  close(): void;
}

export function openDashboard(options: DashboardOptions): Dashboard {
  const require = createRequire(import.meta.url);
  const blessed = require('blessed') as Blessed;
  const input = options.input ?? process.stdin;
  const output = options.output ?? process.stdout;
  const glyphs = glyphsFor(process.env);
  const screen = openScreen(blessed, input, output, glyphs.utf8);
  if (options.title !== undefined) screen.title = options.title;
  const attributes = attributesOf(options.color ? COLOR_THEME : PLAIN_THEME);
  const plot = glyphs.utf8 ? contribPlot(require, screen) : asciiPlot;

  const memory = new LiveMemory();
  const view = newViewState();
  let latest: LiveSnapshot | undefined;
  let shown: LiveSnapshot | undefined;
  let layout: Layout | undefined;
  let canvas = new Canvas(screen.width, screen.height);
  let timer: NodeJS.Timeout | undefined;
  let dueMs = 0;
  let drawnMs = 0;
  let closed = false;
  let asked = false;

  const picture = (): Picture => ({ snapshot: shown, memory, view, glyphs, plot });

  function draw(): void {
    if (timer !== undefined) clearTimeout(timer);
    timer = undefined;
    if (closed) return;
    drawnMs = performance.now();
    if (!view.paused) shown = latest;
    if (canvas.width !== screen.width || canvas.height !== screen.height)
      canvas = new Canvas(screen.width, screen.height);
    layout = drawPicture(canvas, picture());
    copyCells(canvas, screen, attributes);
    screen.render();
  }

  /** Draws now, or as soon as `everyMs` since the last picture is over. An earlier appointment stands. */
  function schedule(everyMs: number): void {
    const wanted = drawnMs + everyMs;
    if (timer !== undefined && dueMs <= wanted) return;
    if (timer !== undefined) clearTimeout(timer);
    const waitMs = wanted - performance.now();
    if (waitMs <= 0) {
      draw();
      return;
    }
    dueMs = wanted;
    timer = setTimeout(draw, waitMs);
  }

  function quit(reason: 'key' | 'interrupt'): void {
    if (asked || closed) return;
    asked = true;
    options.onQuit(reason);
  }

  function onKey(name: string): void {
    const result = applyKey(view, name, keyContext(picture(), layout));
    if (result === 'quit') quit('key');
    else if (result === 'interrupt') quit('interrupt');
    else if (result === 'changed') schedule(KEY_EVERY_MS);
  }

  function onMouse(event: BlessedMouse): void {
    const pane = paneAt(layout, event.x, event.y);
    const wheel = event.action === 'wheelup' ? 'up' : event.action === 'wheeldown' ? 'down' : undefined;
    if (pane === undefined || view.help || (wheel === undefined && event.action !== 'mousedown')) return;
    if (pane !== view.focus) focusPane(view, pane);
    if (wheel !== undefined) onKey(wheel);
    schedule(KEY_EVERY_MS);
  }

  const onSignal = (signal: NodeJS.Signals): void => {
    const alone = process.listenerCount(signal) === 1;
    close();
    // Nobody else handles it: let it do what it does to a program without a dashboard.
    if (alone) process.kill(process.pid, signal);
  };
  /** The terminal went away: writing or reading failed. */
  const onGone = (): void => {
    const first = !asked;
    asked = true;
    close();
    if (first) options.onQuit('interrupt');
  };

  function close(): void {
    if (closed) return;
    closed = true;
    if (timer !== undefined) clearTimeout(timer);
    process.off('exit', close);
    process.off('uncaughtExceptionMonitor', close);
    for (const signal of SIGNALS) process.off(signal, onSignal);
    try {
      screen.program.setMouse({ vt200Mouse: false, sgrMouse: false }, false);
      screen.destroy();
    } catch {
      // The terminal is gone; nothing is left to restore.
    }
    for (const stream of [input, output]) {
      stream.off('error', onGone);
      stream.on('error', ignore);
    }
  }

  // blessed would print, exit 0 or exit 1 by itself; those decisions are the caller's.
  for (const event of ['exit', 'uncaughtException', ...SIGNALS]) dropBlessedHandlers(blessed, event);
  process.on('exit', close);
  process.on('uncaughtExceptionMonitor', close);
  for (const signal of SIGNALS) process.prependListener(signal, onSignal);
  for (const stream of [input, output]) stream.on('error', onGone);
  screen.on('resize', draw);
  screen.program.on('keypress', (ch: string | undefined, key: BlessedKey | undefined) => onKey(key?.full ?? ch ?? ''));
  screen.program.on('mouse', onMouse);
  screen.program.setMouse({ vt200Mouse: true, sgrMouse: true }, true);
  draw();

  return {
    update(snapshot) {
      memory.add(snapshot);
      const first = latest === undefined;
      latest = snapshot;
      if (closed || view.paused) return;
      schedule(first ? 0 : DRAW_EVERY_MS);
    },
    notify(text) {
      memory.addNotice({ tsUs: latest?.tsUs ?? Date.now() * 1000, severity: 'info', text });
      if (!closed) schedule(DRAW_EVERY_MS);
    },
    close,
  };
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'];

function ignore(): void {}

function openScreen(
  blessed: Blessed,
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  utf8: boolean,
): BlessedScreen {
  // Only the descriptions that come with blessed: it runs terminfo strings as code, so a hostile TERMINFO must not reach
  // it, and newer system descriptions make it print compile errors.
  blessed.tput.ipaths.length = 0;
  const term = process.env['TERM'] ?? 'xterm';
  const known = /256|^(xterm|screen|tmux|rxvt|alacritty|kitty|foot|konsole|gnome|vte|st|wezterm|ghostty)/.test(term);
  const screen = blessed.screen({
    input,
    output,
    terminal: known ? 'xterm-256color' : term === 'linux' ? 'linux' : 'xterm',
    forceUnicode: utf8,
    fullUnicode: false,
    warnings: false,
    dockBorders: false,
  });
  // Our glyphs are UTF-8 or ASCII; the line-drawing character set of the VT100 would turn some of them into others.
  screen.program.tput.brokenACS = true;
  return screen;
}

function dropBlessedHandlers(blessed: Blessed, event: string): void {
  const owner = (blessed as unknown as { Screen: Record<string, unknown> }).Screen;
  const name =
    event === 'exit'
      ? '_exitHandler'
      : event === 'uncaughtException'
        ? '_exceptionHandler'
        : `_${event.toLowerCase()}Handler`;
  const handler = owner[name];
  if (typeof handler === 'function') process.off(event, handler as () => void);
}

const OWN = 0x1ff;

function attributesOf(theme: Readonly<Record<StyleName, Look>>): Record<StyleName, number> {
  const of = (look: Look): number =>
    (((look.bold === true ? 1 : 0) | (look.inverse === true ? 8 : 0)) << 18) |
    ((look.fg ?? OWN) << 9) |
    (look.bg ?? OWN);
  return Object.fromEntries(Object.entries(theme).map(([name, look]) => [name, of(look)])) as Record<StyleName, number>;
}

/** Brings blessed's buffer up to the canvas; a row is only marked when a cell of it changed. */
function copyCells(canvas: Canvas, screen: BlessedScreen, attributes: Readonly<Record<StyleName, number>>): void {
  for (let y = 0; y < canvas.height; y += 1) {
    const row = screen.lines[y];
    if (row === undefined) continue;
    const sent = screen.olines[y];
    for (let x = 0; x < canvas.width; x += 1) {
      const at = y * canvas.width + x;
      const cell = row[x];
      if (cell === undefined) continue;
      const plain = canvas.text[at] ?? ' ';
      const tail = x + 1 < canvas.width && canvas.text[at + 1] === '';
      const text = cellText(plain, x, tail);
      const attribute = attributes[canvas.styles[at] ?? 'text'];
      if (cell[0] === attribute && cell[1] === text) continue;
      cell[0] = attribute;
      cell[1] = text;
      row.dirty = true;
      // The second half puts the cursor behind its character, so it has to go out whenever the first half does.
      const next = sent?.[x + 1];
      if (tail && next !== undefined) next[1] = 'unsent';
    }
  }
}

// Clusters every terminal draws alike: Latin to Cyrillic, punctuation and our glyphs, kana, CJK, Hangul.
const CERTAIN = /^[\u0020-\u02ff\u0370-\u0373\u0376-\u052f\u2010-\u2bff\u3041-\u33ff\u4e00-\u9fff\uac00-\ud7a3\ufffd]$/;

/**
 * What is sent for one cell. Terminals disagree about the width of emoji and of stacked marks; behind those the cursor is
 * put where it belongs, so that a disagreement stays in its cell and never shifts a column or a border.
 */
function cellText(text: string, x: number, wide: boolean): string {
  if (text === '') return `\x1b[${x + 2}G`;
  if (text.length === 1 && CERTAIN.test(text)) return text;
  // Blanks first: a terminal that draws fewer columns here must not keep what stood in them.
  return `${wide ? '  ' : ' '}\x1b[${x + 1}G${text}${wide ? '' : `\x1b[${x + 2}G`}`;
}

/**
 * Dots by blessed-contrib's line chart. The chart keeps room for its own axes and numbers (drawn in toFixed, which is no
 * way to write a rate), so it gets a canvas that is larger by exactly that room, and only the plot is read from it.
 * Three points a dot column, (base, value, base), make its line an area.
 */
function contribPlot(require: NodeJS.Require, screen: BlessedScreen): Plot {
  const Line = require('blessed-contrib/lib/widget/charts/line.js') as ContribLineClass;
  // Dots left of the plot: axis, then two dots where the chart begins. The fraction keeps the three points in one dot column.
  const AXIS = 10.2;
  const LEFT_DOTS = 12;
  const BELOW_DOTS = 12;
  const charts = new Map<string, { chart: ContribLine; labels: string[] }>();
  const chartFor = (width: number, height: number): { chart: ContribLine; labels: string[] } => {
    const key = `${width}x${height}`;
    const known = charts.get(key);
    if (known !== undefined) return known;
    if (charts.size >= 8) charts.clear();
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
    const made = { chart, labels: new Array<string>(3 * (size.width - 10)).fill('') };
    charts.set(key, made);
    return made;
  };
  return (values, width, height, down) => {
    const { chart, labels } = chartFor(width, height);
    const points: number[] = [];
    const dots = height * 4;
    const outside = down ? 1 + 8 / dots : -2 / (dots - 1);
    for (let i = values.length - width * 2; i < values.length; i += 1) {
      const value = values[i] ?? Number.NaN;
      if (Number.isNaN(value)) points.push(outside, outside, outside);
      else if (down) points.push(1, 1 - value, 1);
      else points.push(0, value, 0);
    }
    chart.setData([{ x: labels, y: points }]);
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
  };
}
