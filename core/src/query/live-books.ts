// The books of live capture. Owns: what the kernel counted against what arrived. Bound: one number.
//
//   kernel = attributed + unknown + notCaptured + inFlight     every interval, exactly
//
// Counters and packets of one moment do not reach us at the same moment. What is missing now may come with the next batch, so it
// is `inFlight` first (negative when it then arrives). It is `notCaptured` when the kernel says it dropped packets, and when it is
// still missing after packets that came later: the oldest bytes arrive first.
import type { LiveBooks } from './live-snapshot.js';

/** Deltas of one interval. */
export interface IntervalSums {
  readonly kernelBytes: number;
  readonly capturedBytes: number;
  readonly capturedPackets: number;
  readonly droppedPackets: number;
  readonly attributedBytes: number;
}

export class BooksKeeper {
  #pendingBytes = 0;

  close(sums: IntervalSums): LiveBooks {
    const { kernelBytes, capturedBytes, capturedPackets, droppedPackets, attributedBytes } = sums;
    const before = this.#pendingBytes;
    const open = before + kernelBytes - capturedBytes;
    const overdueBytes = Math.max(0, before - capturedBytes);
    const meanBytes = capturedPackets > 0 ? capturedBytes / capturedPackets : 0;
    const droppedBytes = Math.round(Math.min(Math.max(0, open), droppedPackets * meanBytes));
    const notCapturedBytes = Math.max(overdueBytes, droppedBytes);
    this.#pendingBytes = open - notCapturedBytes;
    return {
      kernelBytes,
      attributedBytes,
      unknownBytes: capturedBytes - attributedBytes,
      notCapturedBytes,
      inFlightBytes: this.#pendingBytes - before,
    };
  }

  /** Without capture nothing is in flight: all the kernel counted is not captured. */
  closeWithoutCapture(kernelBytes: number): LiveBooks {
    this.#pendingBytes = 0;
    return { kernelBytes, attributedBytes: 0, unknownBytes: 0, notCapturedBytes: kernelBytes, inFlightBytes: 0 };
  }
}
