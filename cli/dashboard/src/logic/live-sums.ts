// Rows of the last few intervals added up by name: what moves now, without the flicker of single seconds. Owns the sums.
// Bound: the rows of the intervals it is given.

export interface LiveBytes {
  readonly txBytes: number;
  readonly rxBytes: number;
}

/** Every row as it was last, with the bytes of all intervals. Largest first. */
export function liveSums<T extends LiveBytes>(
  intervals: readonly (readonly T[] | undefined)[],
  idOf: (row: T) => string,
): T[] {
  const sums = new Map<string, T>();
  for (const row of intervals.flatMap((rows) => rows ?? [])) {
    const id = idOf(row);
    const before = sums.get(id);
    const [txBytes, rxBytes] = [row.txBytes + (before?.txBytes ?? 0), row.rxBytes + (before?.rxBytes ?? 0)];
    sums.set(id, { ...row, txBytes, rxBytes });
  }
  return [...sums.values()].sort((a, b) => b.txBytes + b.rxBytes - a.txBytes - a.rxBytes);
}

export interface LivePoint {
  readonly ts: number;
  readonly seconds: number;
  readonly rxBytes: number;
  readonly txBytes: number;
}

export interface LiveStep {
  readonly from: number;
  readonly to: number;
  /** 0: between two intervals that came, some did not. */
  readonly recordedSeconds: number;
}

/** A pause between two intervals shorter than this is none. */
const MIN_PAUSE_S = 0.6;

/** Intervals as the steps of a chart that is `windowS` long and ends with the last of them. */
export function liveSteps(
  points: readonly LivePoint[],
  windowS: number,
): { readonly steps: readonly LiveStep[]; readonly rxBytes: readonly number[]; readonly txBytes: readonly number[] } {
  const steps: LiveStep[] = [];
  const rxBytes: number[] = [];
  const txBytes: number[] = [];
  const push = (from: number, to: number, point: LivePoint | undefined): void => {
    steps.push({ from, to, recordedSeconds: point === undefined ? 0 : to - from });
    rxBytes.push(point?.rxBytes ?? 0);
    txBytes.push(point?.txBytes ?? 0);
  };
  const last = points.at(-1);
  if (last === undefined) return { steps, rxBytes, txBytes };
  let end = last.ts - windowS;
  for (const point of points) {
    if (point.ts <= end) continue;
    const from = point.ts - point.seconds;
    if (from - end > MIN_PAUSE_S) push(end, from, undefined);
    push(from - end > MIN_PAUSE_S ? from : end, point.ts, point);
    end = point.ts;
  }
  return { steps, rxBytes, txBytes };
}

/** Steps of the history that were recorded, as far as they are before the first interval that came live. */
export function pastPoints(
  past:
    | {
        readonly steps: readonly LiveStep[];
        readonly total: { readonly rxBytes: readonly number[]; readonly txBytes: readonly number[] };
      }
    | undefined,
  liveFrom: number,
): LivePoint[] {
  const { steps = [], total } = past ?? {};
  return steps.flatMap(({ from, to, recordedSeconds }, index) => {
    const seconds = Math.min(to, liveFrom) - from;
    if (recordedSeconds <= 0 || seconds <= 0) return [];
    // The step in which the live intervals begin has their bytes, too: a part of it at its speed.
    const part = to <= liveFrom ? 1 : seconds / recordedSeconds;
    const bytes = (column: readonly number[] | undefined): number => (column?.[index] ?? 0) * part;
    return [{ ts: from + seconds, seconds, rxBytes: bytes(total?.rxBytes), txBytes: bytes(total?.txBytes) }];
  });
}
