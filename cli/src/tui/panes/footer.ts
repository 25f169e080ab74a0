// The bottom line: the keys, and which units are on. Owns: wording of the keys. Bound: one line.
import { type Line, span } from '../canvas.js';
import { fitParts } from '../fit-parts.js';
import type { ViewState } from '../view-state.js';

const KEYS: readonly (readonly [key: string, does: string, priority: number])[] = [
  ['q', 'quit', 1],
  ['?', 'help', 1],
  ['Tab', 'pane', 3],
  ['s', 'sort', 4],
  ['r', 'reverse', 8],
  ['p', 'pause', 5],
  ['b', 'bits/bytes', 6],
  ['t', 'totals', 7],
  ['v', 'tree', 6],
  ['z', 'zoom', 2],
];

export function footerLine(view: ViewState, width: number): Line {
  const keys = KEYS.map(([key, does, priority]) => ({
    priority,
    variants: [[span(key, 'key'), span(` ${does}`, 'dim')], []] as Line[],
  }));
  const mode = view.mode === 'total' ? 'totals' : `${view.units}/s`;
  const parts = [...keys, { priority: 9, side: 'right' as const, variants: [[span(mode, 'dim')], []] as Line[] }];
  return [span(' '), ...fitParts(parts, width - 2)];
}
