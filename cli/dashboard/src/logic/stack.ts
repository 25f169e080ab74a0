// Layers upon each other, as a chart draws them: the top edge of each. Owns the sums and what is left open. Must not know how it is drawn.
// A step nobody recorded has no value: it is left open, not zero. Bound: layers times steps.

/** By step; `undefined` where nothing was recorded. */
export type Column = readonly (number | undefined)[];

/**
 * The upper edge of each layer, the first at the bottom.
 * @param recorded by step: whether anything was
 */
export function stackedEdges(layers: readonly (readonly number[])[], recorded: readonly boolean[]): Column[] {
  const sums = recorded.map(() => 0);
  return layers.map((values) =>
    recorded.map((isRecorded, step) => {
      if (!isRecorded) return undefined;
      sums[step] = sums[step]! + (values[step] ?? 0);
      return sums[step];
    }),
  );
}

/** Bytes of each step as bytes a second of the time that was recorded of it. */
export function asRates(bytes: readonly number[], recordedSeconds: readonly number[]): number[] {
  return bytes.map((value, step) => (recordedSeconds[step]! > 0 ? value / recordedSeconds[step]! : 0));
}

export interface Gap {
  readonly from: number;
  readonly to: number;
  /** 0 to 1: how much of it was not recorded. */
  readonly missing: number;
}

/** A hole of less than this part of a step, or of less than a minute in a long one, is the grain of what is kept, not a gap. */
const MIN_MISSING = 0.02;
const GRAIN_S = 60;

/** Stretches of which less than all was recorded, those that touch and miss as much as one; nothing outside `range` is missing. */
export function gapsOf(
  steps: readonly { readonly from: number; readonly to: number; readonly recordedSeconds: number }[],
  range: { readonly from: number; readonly to: number },
): Gap[] {
  const gaps: Gap[] = [];
  for (const step of steps) {
    const [from, end] = [Math.max(step.from, range.from), Math.min(step.to, range.to)];
    if (end <= from) continue;
    const seconds = end - from;
    const missing = Math.max(0, 1 - step.recordedSeconds / seconds);
    if (missing < MIN_MISSING || missing * seconds < Math.min(GRAIN_S, (step.to - step.from) / 2)) continue;
    const last = gaps.at(-1);
    if (last !== undefined && last.to === from && Math.round(last.missing * 10) === Math.round(missing * 10)) {
      gaps[gaps.length - 1] = { ...last, to: end };
    } else gaps.push({ from, to: end, missing });
  }
  return gaps;
}
