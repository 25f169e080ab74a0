// Which parts of a one-line bar fit. Owns: the order in which parts are shortened and left out. Must not know: what they say.
import { type Line, lineWidth, span } from './canvas.js';
import type { StyleName } from './theme.js';

export interface BarPart {
  /** Longest first; an empty line at the end means the part may be left out. */
  readonly variants: readonly Line[];
  /** 1 is kept longest. */
  readonly priority: number;
  readonly side?: 'left' | 'right';
}

/** A line of exactly `width` columns: left parts, space, right parts, each in the longest form that fits. */
export function fitParts(parts: readonly BarPart[], width: number, gap = '  ', style: StyleName = 'text'): Line {
  const chosen = parts.map(() => 0);
  const at = (index: number): Line => parts[index]?.variants[chosen[index] ?? 0] ?? [];
  const total = (): number => {
    let sum = 0;
    for (let i = 0; i < parts.length; i += 1) {
      const columns = lineWidth(at(i));
      if (columns > 0) sum += columns + gap.length;
    }
    return sum - gap.length;
  };
  while (total() > width) {
    // Everything is shortened before anything is left out; among equals the least important goes first.
    let victim = -1;
    let worst = -1;
    for (let i = 0; i < parts.length; i += 1) {
      const part = parts[i];
      const next = part?.variants[(chosen[i] ?? 0) + 1];
      if (part === undefined || next === undefined) continue;
      const rank = part.priority + (next.length > 0 ? 100 : 0);
      if (rank < worst) continue;
      worst = rank;
      victim = i;
    }
    if (victim < 0) break;
    chosen[victim] = (chosen[victim] ?? 0) + 1;
  }
  const join = (side: 'left' | 'right'): Line =>
    parts.flatMap((part, index) => {
      const line = at(index);
      return (part.side ?? 'left') === side && lineWidth(line) > 0 ? [span(gap, style), ...line] : [];
    });
  const left = join('left').slice(1);
  const right = join('right').slice(1);
  const space = Math.max(0, width - lineWidth(left) - lineWidth(right));
  return [...left, span(' '.repeat(space), style), ...right];
}
