// The help overlay. Owns: its text. Bound: fits the smallest screen with a border; narrow screens get the keys only.
import { type Line, span } from '../canvas.js';

const KEYS: readonly (readonly [string, string])[] = [
  ['1 - 6', 'go to a pane'],
  ['Tab, left, right', 'next, previous pane'],
  ['up, down, j, k', 'select a row'],
  ['PgUp, PgDn, g, G', 'by page, first, last'],
  ['s   r', 'sort by next column, reverse'],
  ['v', 'applications with their processes, and back'],
  ['z', 'zoom the pane, and back'],
  ['b   t', 'bits or bytes, rates or totals'],
  ['p', 'pause the picture, not the capture'],
  ['Esc', 'back; without zoom: unselect'],
  ['?   q', 'close this, quit'],
];

const WORDS: readonly (readonly [string, string])[] = [
  ['capture+events', 'packets, and the kernel says whose they are'],
  ['capture', 'packets; owners only where they can be looked up'],
  ['counters', 'interface counters and TCP sockets, no packets'],
  ['dropped', 'packets the kernel had no room to hand over'],
  ['Books', 'kernel bytes = attributed + unknown + not captured'],
  ['in flight', 'counted on one side of the books, not yet on both'],
];

export const HELP_WIDTH = 70;

/** Lines for a box of `width` x `height` inside its border. */
export function helpLines(width: number, height: number): Line[] {
  const row = ([left, right]: readonly [string, string]): Line => [span(` ${left.padEnd(18)}`, 'key'), span(right)];
  const keys = KEYS.map(row);
  const words: Line[] = [[], [span(' What the words mean', 'heading')], ...WORDS.map(row)];
  const lines = width >= HELP_WIDTH - 2 && height >= keys.length + words.length ? [...keys, ...words] : keys;
  return lines.slice(0, height);
}
