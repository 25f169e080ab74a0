// The bottom line: the keys, and which units are on; or what was just said. Owns: their order. Bound: one line.
import { ACTION_NAMES, ACTIONS } from '../actions.js';
import { type Line, span } from '../canvas.js';
import { cutText } from '../display-text.js';
import { type BarPart, fitParts } from '../fit-parts.js';
import type { KeyBindings } from '../key-bindings.js';
import type { ViewState } from '../view-state.js';
import { shownKey } from './help.js';

export function footerLine(view: ViewState, bindings: KeyBindings, width: number, isPast = false): Line {
  if (view.message !== undefined) {
    const { text, isTrouble } = view.message;
    return [span(' '), span(cutText(text, width - 2), isTrouble ? 'warn' : 'strong')];
  }
  const keys = ACTION_NAMES.flatMap((name): BarPart[] => {
    const { does, footer } = ACTIONS[name];
    // In the past, the way back is what everybody looks for.
    const priority = name === 'now' && isPast ? 1 : footer;
    const key = bindings.keyOf(name);
    if (priority === undefined || key === undefined) return [];
    return [{ priority, variants: [[span(shownKey(key), 'key'), span(` ${does}`, 'dim')], []] }];
  });
  const mode = view.mode === 'total' ? 'totals' : `${view.units}/s`;
  const parts = [...keys, { priority: 11, side: 'right' as const, variants: [[span(mode, 'dim')], []] as Line[] }];
  return [span(' '), ...fitParts(parts, width - 2)];
}
