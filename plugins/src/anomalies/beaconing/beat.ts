// How regularly somebody calls: the last connections of one pair, and what is periodic about them. Owns: period and jitter. Bound: BEATS
// times and sizes.

/** One more than the periods that are asked for at most. */
const BEATS = 33;

export interface Rhythm {
  readonly periods: number;
  /** Between two calls, near the period or not. */
  readonly gaps: number;
  readonly periodUs: number;
  /** Median deviation from the period, as a share of it: 0 is a clock, above 0.3 is chance. */
  readonly jitter: number;
  readonly firstUs: number;
  readonly medianBytes: number;
  /** Median deviation of the size of a connection, as a share of it. */
  readonly sizeSpread: number;
}

export class Beat {
  /** In the order in which flows ended. */
  readonly #startsUs: number[] = [];
  readonly #bytes: number[] = [];
  upBytes = 0;
  downBytes = 0;

  get length(): number {
    return this.#startsUs.length;
  }

  /** Mean time between those that are kept: enough to leave out what is much too fast. */
  get meanGapUs(): number {
    const { length } = this.#startsUs;
    return length < 2 ? 0 : Math.abs(this.#startsUs[length - 1]! - this.#startsUs[0]!) / (length - 1);
  }

  add(startUs: number, upBytes: number, downBytes: number): void {
    this.#startsUs.push(startUs);
    this.#bytes.push(upBytes + downBytes);
    this.upBytes += upBytes;
    this.downBytes += downBytes;
    if (this.#startsUs.length <= BEATS) return;
    this.#startsUs.shift();
    this.#bytes.shift();
  }

  /** What the last connections say. `leastUs`: those that begin closer together are one. */
  rhythm(leastUs: number): Rhythm | undefined {
    const starts: number[] = [];
    for (const startUs of this.#startsUs.toSorted((a, b) => a - b))
      if (starts.length === 0 || startUs - starts.at(-1)! >= leastUs) starts.push(startUs);
    const gaps = starts.slice(1).map((startUs, i) => startUs - starts[i]!);
    if (gaps.length < 2) return undefined;
    const periodUs = median(gaps);
    const medianBytes = median(this.#bytes);
    return {
      // A call that was missed is two periods; what is far from both is no beat.
      periods: gaps.filter((gap) => gap > periodUs * 0.4 && gap < periodUs * 2.3).length,
      gaps: gaps.length,
      periodUs,
      jitter: spread(gaps, periodUs),
      firstUs: starts[0]!,
      medianBytes,
      sizeSpread: spread(this.#bytes, medianBytes),
    };
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Median deviation as a share of `around`. */
const spread = (values: readonly number[], around: number): number =>
  around <= 0 ? 0 : median(values.map((value) => Math.abs(value - around))) / around;
