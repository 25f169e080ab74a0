// The books of live capture. Owns: what the kernel counted against what arrived. Bound: four numbers.
//
//   kernel = attributed + unknown + notCaptured + inFlight     every interval, exactly
//
// Counter and packets of one moment do not reach us at the same moment. What is missing now may come with the next batch, so it is
// `inFlight` first (negative when it then arrives) and `notCaptured` only when it is still missing an interval later.
import type { LiveBooks } from './live-snapshot.js';

export class BooksKeeper {
  #pendingBytes = 0;

  /** All arguments are deltas of the interval, in bytes. */
  close(kernelBytes: number, capturedBytes: number, attributedBytes: number): LiveBooks {
    const before = this.#pendingBytes;
    const open = before + kernelBytes - capturedBytes;
    const notCapturedBytes = Math.max(0, Math.min(before, open));
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
