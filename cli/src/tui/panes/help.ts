// The help overlay: every key and what the words mean. Owns: its columns. Bound: as many lines as there is room for, the rest by scrolling.
import { ACTION_GROUPS, ACTION_NAMES, ACTIONS } from '../actions.js';
import { type Line, lineWidth, span } from '../canvas.js';
import { fitText } from '../display-text.js';
import type { KeyBindings } from '../key-bindings.js';

const WORDS: readonly (readonly [string, string])[] = [
  ['capture+events', 'packets, and the kernel says whose they are'],
  ['capture', 'packets; owners only where they can be looked up'],
  ['counters', 'interface counters and TCP sockets, no packets'],
  ['dropped', 'packets the kernel had no room to hand over'],
  ['Books', 'kernel bytes = attributed + unknown + not captured'],
  ['in flight', 'counted on one side of the books, not yet on both'],
];

const SHOWN: Readonly<Record<string, string>> = {
  ...{ up: '↑', down: '↓', left: '←', right: '→', 'shift-left': 'S-←', 'shift-right': 'S-→' },
  ...{ pagedown: 'PgDn', pageup: 'PgUp', enter: 'Enter', escape: 'Esc', tab: 'Tab', 'shift-tab': 'S-Tab' },
  ...{ space: 'Space', home: 'Home', end: 'End' },
};
const ASCII_ARROWS: Readonly<Record<string, string>> = { '↑': 'up', '↓': 'down', '←': 'left', '→': 'right' };

/** Columns of one row: keys, a blank, the words. */
const COLUMN = 66;
const KEYS = 15;

/** A key as it is written on keyboards. */
export function shownKey(key: string): string {
  return SHOWN[key] ?? key.replace(/^ctrl-/, 'C-').replace(/^alt-/, 'A-');
}

export interface Help {
  readonly width: number;
  readonly lines: readonly Line[];
  /** Lines there are in all; more than `lines` where there is no room. */
  readonly count: number;
  /** The first that is shown: what was asked for, as far as there are lines. */
  readonly offset: number;
}

/** Lines for a box of at most `width` x `height` inside its border, two columns where there is room. */
export function help(bindings: KeyBindings, width: number, height: number, utf8: boolean, from = 0): Help {
  const blocks = [...ACTION_GROUPS.map((group) => keysOf(group, bindings, utf8)), wordsBlock()];
  const isWide = width >= COLUMN * 2;
  const columns = isWide ? balanced(blocks) : [blocks.flatMap((block, i) => (i === 0 ? block : [[], ...block]))];
  const room = isWide ? COLUMN : Math.min(COLUMN, width);
  const count = Math.max(...columns.map((column) => column.length));
  const offset = Math.max(0, Math.min(from, count - height));
  const lines = Array.from({ length: Math.min(count, height) }, (_, row): Line => {
    const [left = [], right] = columns.map((column) => column[offset + row] ?? []);
    return right === undefined ? left : [...left, span(' '.repeat(Math.max(0, room - lineWidth(left)))), ...right];
  });
  return { width: isWide ? room * 2 : room, lines, count, offset };
}

function keysOf(group: (typeof ACTION_GROUPS)[number], bindings: KeyBindings, utf8: boolean): Line[] {
  const rows = ACTION_NAMES.filter((name) => ACTIONS[name].group === group).map((name): Line => {
    const keys = bindings.keysOf(name).map(shownKey).join(' ');
    const written = utf8 ? keys : keys.replace(/[↑↓←→]/g, (arrow) => ASCII_ARROWS[arrow] ?? arrow);
    return [span(` ${fitText(written, KEYS)}`, 'key'), span(ACTIONS[name].explains)];
  });
  const panes: Line[] = group === 'Panes' ? [[span(` ${fitText('1 - 7', KEYS)}`, 'key'), span('go to a pane')]] : [];
  return [[span(` ${group}`, 'heading')], ...panes, ...rows];
}

function wordsBlock(): Line[] {
  return [
    [span(' What the words mean', 'heading')],
    ...WORDS.map(([word, means]): Line => [span(` ${fitText(word, KEYS)}`, 'key'), span(means)]),
  ];
}

/** Two columns, cut between blocks where they are most alike in height. */
function balanced(blocks: readonly Line[][]): Line[][] {
  const column = (some: readonly Line[][]): Line[] => some.flatMap((block, i) => (i === 0 ? block : [[], ...block]));
  let best: Line[][] = [];
  for (let at = 1; at < blocks.length; at += 1) {
    const cut = [column(blocks.slice(0, at)), column(blocks.slice(at))];
    const tallest = (columns: Line[][]): number => Math.max(...columns.map((one) => one.length));
    if (best.length === 0 || tallest(cut) < tallest(best)) best = cut;
  }
  return best;
}
