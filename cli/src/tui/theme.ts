// How things look, named by what they mean. Owns: style names, their colours, the glyphs of a terminal that speaks UTF-8
// and of one that does not. Must not know: who draws. Text stays in the terminal's own colours, so that a light
// background works as well as a dark one; without colour, weight and inversion carry the meaning.

export type StyleName =
  | 'text'
  | 'dim'
  | 'strong'
  | 'brand'
  | 'border'
  | 'focus'
  | 'heading'
  | 'key'
  | 'rx'
  | 'rx1'
  | 'rx2'
  | 'rx3'
  | 'tx'
  | 'tx1'
  | 'tx2'
  | 'tx3'
  | 'good'
  | 'warn'
  | 'bad'
  | 'alarm'
  | 'paused'
  | 'selected';

/** Colours are xterm 256-colour numbers; absent = the terminal's own. */
export interface Look {
  readonly fg?: number;
  readonly bg?: number;
  readonly bold?: boolean;
  readonly inverse?: boolean;
}

/** Calm on dark, legible on light: mid tones for words, one hue for each direction, warm colours only for trouble. */
export const COLOR_THEME: Readonly<Record<StyleName, Look>> = {
  text: {},
  dim: { fg: 245 },
  strong: { bold: true },
  brand: { fg: 38, bold: true },
  border: { fg: 240 },
  focus: { fg: 38 },
  heading: { fg: 109 },
  key: { fg: 38, bold: true },
  rx: { fg: 38 },
  rx1: { fg: 24 },
  rx2: { fg: 31 },
  rx3: { fg: 38 },
  tx: { fg: 140 },
  tx1: { fg: 60 },
  tx2: { fg: 97 },
  tx3: { fg: 140 },
  good: { fg: 71 },
  warn: { fg: 178 },
  bad: { fg: 203, bold: true },
  alarm: { fg: 231, bg: 160, bold: true },
  paused: { fg: 16, bg: 178, bold: true },
  selected: { fg: 231, bg: 24 },
};

export const PLAIN_THEME: Readonly<Record<StyleName, Look>> = {
  text: {},
  dim: {},
  strong: { bold: true },
  brand: { bold: true },
  border: {},
  focus: { bold: true },
  heading: { bold: true },
  key: { bold: true },
  rx: {},
  rx1: {},
  rx2: {},
  rx3: {},
  tx: {},
  tx1: {},
  tx2: {},
  tx3: {},
  good: {},
  warn: { bold: true },
  bad: { bold: true },
  alarm: { bold: true, inverse: true },
  paused: { inverse: true },
  selected: { inverse: true },
};

export interface Glyphs {
  readonly utf8: boolean;
  readonly horizontal: string;
  readonly vertical: string;
  readonly topLeft: string;
  readonly topRight: string;
  readonly bottomLeft: string;
  readonly bottomRight: string;
  readonly ellipsis: string;
  readonly rx: string;
  readonly tx: string;
  readonly descending: string;
  readonly ascending: string;
  readonly on: string;
  readonly off: string;
  readonly separator: string;
  readonly dash: string;
  /** Of a tree: a branch that goes on below, the last of its branch, another one. Three columns each. */
  readonly treeOpen: string;
  readonly treeLast: string;
  readonly treeFork: string;
  /** Fill of the books bar: attributed, unknown, not captured. */
  readonly fill: readonly [string, string, string];
}

export const UTF8_GLYPHS: Glyphs = {
  utf8: true,
  horizontal: '─',
  vertical: '│',
  topLeft: '╭',
  topRight: '╮',
  bottomLeft: '╰',
  bottomRight: '╯',
  ellipsis: '…',
  rx: '↓',
  tx: '↑',
  descending: '▾',
  ascending: '▴',
  on: '●',
  off: '○',
  separator: '·',
  dash: '–',
  treeOpen: '│  ',
  treeLast: '└─ ',
  treeFork: '├─ ',
  fill: ['━', '╍', '┄'],
};

export const ASCII_GLYPHS: Glyphs = {
  utf8: false,
  horizontal: '-',
  vertical: '|',
  topLeft: '+',
  topRight: '+',
  bottomLeft: '+',
  bottomRight: '+',
  ellipsis: '~',
  rx: 'v',
  tx: '^',
  descending: 'v',
  ascending: '^',
  on: '*',
  off: 'o',
  separator: '-',
  dash: '-',
  treeOpen: '|  ',
  treeLast: '`- ',
  treeFork: '|- ',
  fill: ['#', '+', '.'],
};

/** Does the locale of `env` write UTF-8? POSIX order: LC_ALL, LC_CTYPE, LANG; the Linux console has no braille. */
export function glyphsFor(env: Readonly<Record<string, string | undefined>>): Glyphs {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return /utf-?8/i.test(locale) && env['TERM'] !== 'linux' ? UTF8_GLYPHS : ASCII_GLYPHS;
}
