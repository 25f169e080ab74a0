// The books of one interface: what the kernel counted against what arrived. Must not know interfaces, packets or clocks.
//
//   kernel = attributed + unknown(reason) + notCaptured(reason) + inFlight     every interval, exactly
//
// Counters and packets of one moment do not reach us at the same moment. What is missing now may come with the next batch, so it
// is `inFlight` first (negative when it then arrives). It is `notCaptured` when it is still missing after as many bytes that came
// later and after REPORTS statistics of the helper: packets and statistics arrive in order, and the statistics say what was dropped.
// Lost bytes have no size of their own, so drops and gaps say why, not how many. Bound: one entry an interval of PATIENCE_US.
import type { BookReason } from '../kernel/traffic-words.js';

/** Helpers send one a second. The first may have been under way when the counters were read; the second was not … */
const REPORTS = 2;
/** … unless nobody has read the stream for a while: then both were, and what they were about is still behind them. */
const REPORTED_US = 1.5e6;
/** A helper that sends no statistics for so long has none to send. */
const PATIENCE_US = 10e6;
/** No interval counts for more: in a long one nothing was read, and what waits is not older for that. */
const MAX_STEP_US = 1e6;
/** Captured, but not counted for so long: never will be. Some drivers ask the hardware for its counters every two seconds. */
const SURPLUS_US = 10e6;
/** Dropped packets are as long as captured ones, more or less: up to this many times the mean is explained by them. */
const SIZE_TOLERANCE = 2;
const FIRST_MEAN_BYTES = 1514;

export type ReasonSums = Partial<Record<BookReason, number>>;

/**
 * How the interface was captured: all the time and still so; still so, but not all the time; not at the end of the interval; not at
 * all, and why; or not at all while sockets tell their payload, a little later than the counters.
 */
export type Coverage = 'running' | 'restarted' | 'broken' | 'counters-only' | 'not-selected' | 'sockets';

/** Deltas of one interval of one interface. Bytes are those of kernel counters, as packets have them. */
export interface IntervalSums {
  readonly intervalUs: number;
  readonly coverage: Coverage;
  readonly kernelBytes: number;
  readonly attributedBytes: number;
  /** Captured, by why nobody owns them. */
  readonly unknown: ReasonSums;
  readonly capturedPackets: number;
  readonly droppedByKernel: number;
  readonly droppedByHelper: number;
  /** Statistics of the helper that arrived, or snapshots of sockets. */
  readonly reports: number;
}

export interface ClosedBooks {
  readonly kernelBytes: number;
  readonly attributedBytes: number;
  readonly unknown: ReasonSums;
  /** Reasons without bytes are absent. */
  readonly notCaptured: ReasonSums;
  readonly inFlightBytes: number;
}

interface Missing {
  bytes: number;
  ageUs: number;
  /** Statistics that arrived since. */
  reports: number;
}

export class BooksKeeper {
  /** Counted and not captured, oldest first. Empty while there is a surplus. */
  readonly #missing: Missing[] = [];
  /** Captured and not counted. */
  #surplusBytes = 0;
  #surplusUs = 0;
  #meanBytes = FIRST_MEAN_BYTES;
  /** Bytes that dropped packets may have had, since nothing was missing. */
  #kernelDropBytes = 0;
  #helperDropBytes = 0;
  /** Bytes that may have moved while the capture was broken, likewise. */
  #gapBytes = 0;

  /** Nothing is missing and nothing too much. */
  get isBalanced(): boolean {
    return this.#missing.length === 0 && this.#surplusBytes === 0;
  }

  close(sums: IntervalSums): ClosedBooks {
    const { kernelBytes, attributedBytes, unknown, coverage } = sums;
    const capturedBytes = attributedBytes + Object.values(unknown).reduce((sum, bytes) => sum + bytes, 0);
    this.#noteDrops(sums, capturedBytes);
    this.#settle(kernelBytes, capturedBytes, sums);
    const notCaptured = this.#takeLost(coverage);
    const lostBytes = Object.values(notCaptured).reduce((sum, bytes) => sum + bytes, 0);
    if (this.#missing.length === 0) {
      this.#kernelDropBytes = 0;
      this.#helperDropBytes = 0;
      this.#gapBytes = 0;
    }
    return {
      kernelBytes,
      attributedBytes,
      unknown,
      notCaptured,
      inFlightBytes: kernelBytes - capturedBytes - lostBytes,
    };
  }

  #noteDrops({ capturedPackets, droppedByKernel, droppedByHelper }: IntervalSums, capturedBytes: number): void {
    if (capturedPackets > 0) this.#meanBytes = capturedBytes / capturedPackets;
    const bytesEach = Math.ceil(this.#meanBytes * SIZE_TOLERANCE);
    this.#kernelDropBytes += droppedByKernel * bytesEach;
    this.#helperDropBytes += droppedByHelper * bytesEach;
  }

  /** Captured bytes are the oldest missing ones first, then those the kernel counted in this interval. */
  #settle(kernelBytes: number, capturedBytes: number, { intervalUs, coverage, reports }: IntervalSums): void {
    let captured = capturedBytes;
    while (captured > 0 && this.#missing.length > 0) {
      const oldest = this.#missing[0]!;
      const taken = Math.min(captured, oldest.bytes);
      oldest.bytes -= taken;
      captured -= taken;
      if (oldest.bytes === 0) this.#missing.shift();
    }
    for (const entry of this.#missing) {
      entry.ageUs += Math.min(intervalUs, MAX_STEP_US);
      entry.reports += reports;
    }
    const before = this.#surplusBytes;
    const open = kernelBytes - captured - before;
    this.#surplusBytes = Math.max(0, -open);
    this.#surplusUs = before > kernelBytes ? this.#surplusUs + intervalUs : 0;
    if (this.#surplusUs >= SURPLUS_US) {
      this.#surplusBytes -= before - kernelBytes;
      this.#surplusUs = 0;
    }
    if (open > 0) this.#missing.push({ bytes: open, ageUs: 0, reports: 0 });
    if (coverage !== 'running' && coverage !== 'sockets')
      this.#gapBytes = this.#missing.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Removes what will not come any more, by why. */
  #takeLost(coverage: Coverage): ReasonSums {
    const lost: ReasonSums = {};
    const isFinal = coverage !== 'running' && coverage !== 'restarted' && coverage !== 'sockets';
    while (this.#missing.length > 0 && (isFinal || isOverdue(this.#missing[0]!))) {
      const { bytes } = this.#missing.shift()!;
      const byKernel = Math.min(bytes, this.#kernelDropBytes);
      const byHelper = Math.min(bytes - byKernel, this.#helperDropBytes);
      const left = bytes - byKernel - byHelper;
      const byGap = Math.min(left, this.#gapBytes);
      this.#kernelDropBytes -= byKernel;
      this.#helperDropBytes -= byHelper;
      this.#gapBytes -= byGap;
      add(lost, 'ring-full', byKernel);
      add(lost, 'helper-slow', byHelper);
      add(lost, whyNone(coverage) ?? 'capture-gap', byGap);
      add(lost, whyNone(coverage) ?? 'unexplained', left - byGap);
    }
    return lost;
  }
}

const isOverdue = ({ ageUs, reports }: Missing): boolean =>
  (reports >= REPORTS && ageUs >= REPORTED_US) || ageUs >= PATIENCE_US;

/** Of an interface that is not captured on purpose. */
function whyNone(coverage: Coverage): BookReason | undefined {
  // Headers, and all that is not TCP.
  if (coverage === 'sockets') return 'counters-only';
  return coverage === 'counters-only' || coverage === 'not-selected' ? coverage : undefined;
}

function add(sums: ReasonSums, reason: BookReason, bytes: number): void {
  if (bytes > 0) sums[reason] = (sums[reason] ?? 0) + bytes;
}
