// A terminal screen as a picture for the README. Owns: cells of an @xterm/headless buffer to SVG (text and colours).
// Bound: one <text> a run of equal style. Every run says how wide it is, so that any monospace font keeps the columns.
import type { IBufferCell, Terminal } from '@xterm/headless';

const CELL_WIDTH = 8.4;
const CELL_HEIGHT = 17;
const MARGIN = 12;
const BACKGROUND = '#11151a';
const FOREGROUND = '#d6dbe0';
const BASIC = [
  '#1c1c1c',
  '#d75f5f',
  '#5faf5f',
  '#d7af5f',
  '#5f87d7',
  '#af87d7',
  '#5fafaf',
  '#c6c6c6',
  '#767676',
  '#ff8787',
  '#87d787',
  '#ffd787',
  '#87afff',
  '#d7afff',
  '#87d7d7',
  '#eeeeee',
];

/** What a terminal has where a program chooses nothing. */
export interface Colors {
  readonly background: string;
  readonly foreground: string;
}

interface Style {
  readonly fg: string;
  readonly bg: string;
  readonly bold: boolean;
}

/** Words, lines and dots, and what a font may draw at a width of its own. */
type Kind = 'words' | 'lines' | 'single';

interface Run {
  readonly x: number;
  readonly style: Style;
  readonly kind: Kind;
  text: string;
  columns: number;
}

/** The visible screen of `terminal` (parsed, not scrolled) as a complete SVG document. */
export function renderScreenSvg(terminal: Terminal, colors: Partial<Colors> = {}): string {
  const ground = { background: BACKGROUND, foreground: FOREGROUND, ...colors };
  const width = terminal.cols * CELL_WIDTH + 2 * MARGIN;
  const height = terminal.rows * CELL_HEIGHT + 2 * MARGIN;
  const shapes: string[] = [];
  const buffer = terminal.buffer.active;
  for (let y = 0; y < terminal.rows; y += 1) {
    const line = buffer.getLine(buffer.baseY + y);
    if (line === undefined) continue;
    let run: Run | undefined;
    const flush = (): void => {
      if (run !== undefined) shapes.push(drawRun(run, y, ground));
      run = undefined;
    };
    for (let x = 0; x < terminal.cols; x += 1) {
      const cell = line.getCell(x);
      if (cell === undefined || cell.getWidth() === 0) continue;
      const style = styleOf(cell, ground);
      const text = cell.getChars() || ' ';
      const kind = kindOf(text);
      if (run !== undefined && (kind === 'single' || run.kind !== kind || !same(run.style, style))) flush();
      run ??= { x, columns: 0, text: '', style, kind };
      run.text += text;
      run.columns += cell.getWidth();
    }
    flush();
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${fixed(width)} ${fixed(height)}" width="${fixed(width)}" height="${fixed(height)}">`,
    `<rect width="100%" height="100%" rx="8" fill="${ground.background}"/>`,
    `<g font-family="'DejaVu Sans Mono','Menlo','Consolas','Noto Sans Mono','Noto Sans Mono CJK JP',monospace" font-size="14">`,
    ...shapes.filter((shape) => shape !== ''),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function drawRun({ text, x, columns, style }: Run, y: number, ground: Colors): string {
  const left = MARGIN + x * CELL_WIDTH;
  const top = MARGIN + y * CELL_HEIGHT;
  const span = columns * CELL_WIDTH;
  const back =
    style.bg === ground.background
      ? ''
      : `<rect x="${fixed(left)}" y="${fixed(top)}" width="${fixed(span)}" height="${CELL_HEIGHT}" fill="${style.bg}"/>`;
  if (text.trim() === '') return back;
  const bold = style.bold ? ' font-weight="bold"' : '';
  return `${back}<text x="${fixed(left)}" y="${fixed(top + 13)}" textLength="${fixed(span)}" lengthAdjust="spacingAndGlyphs" fill="${style.fg}"${bold}>${escapeXml(text)}</text>`;
}

function kindOf(text: string): Kind {
  if (/^[\u0020-\u04ff]$/.test(text)) return 'words';
  return /^[\u2500-\u259f\u2800-\u28ff]$/.test(text) ? 'lines' : 'single';
}

function styleOf(cell: IBufferCell, ground: Colors): Style {
  const fg = cell.isFgDefault() ? ground.foreground : colorOf(cell.getFgColor(), cell.isFgRGB());
  const bg = cell.isBgDefault() ? ground.background : colorOf(cell.getBgColor(), cell.isBgRGB());
  const bold = cell.isBold() !== 0;
  return cell.isInverse() !== 0 ? { fg: bg, bg: fg, bold } : { fg, bg, bold };
}

/** xterm's 256 colours: 16 basic, a cube of 6, 24 greys. */
function colorOf(color: number, rgb: boolean): string {
  if (rgb) return `#${color.toString(16).padStart(6, '0')}`;
  if (color < 16) return BASIC[color] ?? FOREGROUND;
  if (color >= 232) return grey(8 + (color - 232) * 10);
  const level = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  const index = color - 16;
  const [red, green, blue] = [level(Math.floor(index / 36)), level(Math.floor(index / 6) % 6), level(index % 6)];
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function grey(level: number): string {
  return `#${level.toString(16).padStart(2, '0').repeat(3)}`;
}

function same(a: Style, b: Style): boolean {
  return a.fg === b.fg && a.bg === b.bg && a.bold === b.bold;
}

function escapeXml(text: string): string {
  // SVG folds spaces; no-break spaces keep their columns.
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', ' ': '\u00a0' };
  return text.replace(/[&<> ]/g, (char) => entities[char] ?? char);
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
