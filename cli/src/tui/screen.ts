// The terminal itself. Owns: blessed (no other file but contrib-plot.ts touches it), input, resizing, sending cells, and giving the terminal
// back as it was. Must not know: what the picture shows, what keys mean. Bound: one canvas of the terminal's size.
//
// blessed does what it is good at: raw input, modes, and sending only the cells that changed. Its widgets are left
// alone: they parse {tags} and measure text with width tables of 2015. Cells go straight into its buffer instead.
import { createRequire } from 'node:module';
import { asciiPlot, type Plot } from './ascii-plot.js';
import type { Blessed, BlessedKey, BlessedMouse, BlessedScreen } from './blessed-shapes.js';
import type { Canvas } from './canvas.js';
import { contribPlot } from './contrib-plot.js';
import { keyName } from './key-bindings.js';
import type { Look, StyleName } from './theme.js';
import type { Theme } from './themes.js';

export interface ScreenOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly utf8: boolean;
  readonly title: string | undefined;
  /** `key` as people write it; `typed`: the character it makes, if any. */
  onKey(key: string, typed: string | undefined): void;
  onMouse(x: number, y: number, what: 'press' | 'up' | 'down'): void;
  onResize(): void;
  /** The terminal went away: writing or reading failed. It is closed already. */
  onGone(): void;
}

export interface TerminalScreen {
  readonly width: number;
  readonly height: number;
  readonly plot: Plot;
  show(canvas: Canvas, theme: Theme): void;
  /** A sequence of ours beside the picture: the clipboard. Never anything that was captured, unless encoded. */
  send(sequence: string): void;
  /** Gives the terminal back. May be called twice. */
  close(): void;
}

export function openScreen(options: ScreenOptions): TerminalScreen {
  const { input, output } = options;
  let isClosed = false;
  let isOpen = false;
  let isGone = false;
  const onGone = (): void => {
    isGone = true;
    if (isClosed || !isOpen) return;
    close();
    options.onGone();
  };
  // A terminal that is closed fails at a write, at a change of its modes, or just ends.
  for (const stream of [input, output]) stream.on('error', onGone);
  input.on('end', onGone);
  const blessed = createRequire(import.meta.url)('blessed') as Blessed;
  const screen = blessedScreen(blessed, options);
  if (options.title !== undefined) screen.title = options.title;

  const onSignal = (signal: NodeJS.Signals): void => {
    const alone = process.listenerCount(signal) === 1;
    close();
    // Nobody else handles it: let it do what it does to a program without a dashboard.
    if (alone) process.kill(process.pid, signal);
  };

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    process.off('exit', close);
    process.off('uncaughtExceptionMonitor', close);
    for (const signal of SIGNALS) process.off(signal, onSignal);
    try {
      screen.program.setMouse({ vt200Mouse: false, sgrMouse: false }, false);
      screen.destroy();
    } catch {
      // The terminal is gone; nothing is left to restore.
    }
    input.off('end', onGone);
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
  screen.on('resize', () => options.onResize());
  screen.program.on('keypress', (ch: string | undefined, key: BlessedKey | undefined) => {
    // blessed tells Enter twice: as it came, and as the key it stands for.
    if (key?.full === 'return') return;
    options.onKey(keyName(key?.full ?? ch ?? ''), ch);
  });
  screen.program.on('mouse', ({ x, y, action }: BlessedMouse) => {
    const what = action === 'wheelup' ? 'up' : action === 'wheeldown' ? 'down' : 'press';
    if (what !== 'press' || action === 'mousedown') options.onMouse(x, y, what);
  });
  screen.program.setMouse({ vt200Mouse: true, sgrMouse: true }, true);

  isOpen = true;
  // It went away before, while it was asked for its background.
  if (isGone || input.readableEnded || input.destroyed || output.destroyed) setImmediate(onGone);

  let attributes: Readonly<Record<StyleName, number>> | undefined;
  let shownTheme: Theme | undefined;
  return {
    get width() {
      return screen.width;
    },
    get height() {
      return screen.height;
    },
    plot: options.utf8 ? contribPlot(screen) : asciiPlot,
    show(canvas, theme) {
      if (attributes === undefined || theme !== shownTheme) attributes = attributesOf(theme);
      shownTheme = theme;
      copyCells(canvas, screen, attributes);
      screen.render();
    },
    send(sequence) {
      if (!isClosed) output.write(sequence);
    },
    close,
  };
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'];

function ignore(): void {}

function blessedScreen(blessed: Blessed, { input, output, utf8 }: ScreenOptions): BlessedScreen {
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
