// How things look, named by what they mean. Owns: style names, the glyphs of a terminal that speaks UTF-8 and of one that does not.
// Must not know: who draws. Colours are in themes.ts.

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
  | 'past'
  | 'selected';

/** Colours are xterm 256-colour numbers; absent = the terminal's own. */
export interface Look {
  readonly fg?: number;
  readonly bg?: number;
  readonly bold?: boolean;
  readonly inverse?: boolean;
}

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
