// What the recorder hands to the store once an interval: sums, never packets. Owns the shape, and what an empty one is.
import type { OwnerQuality } from '../api/events.js';

export interface SeriesSums {
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly txPackets: number;
  readonly rxPackets: number;
}

export interface NamedSums extends SeriesSums {
  readonly name: string;
  /** Flows that began in the interval: only these add up to the flows of a day. */
  readonly flows: number;
}

export interface AppSums extends NamedSums {
  readonly exe?: string;
  readonly user?: string;
  readonly unit?: string;
  readonly container?: string;
  readonly quality: OwnerQuality;
}

/** One interval of everything, whole frames, tx = sent by this host. A capture file counts its client side as this host. */
export interface IntervalRecord {
  readonly startUs: number;
  readonly endUs: number;
  /** How it was seen: `capture+events`, `capture`, `counters`, `file`. */
  readonly mode?: string;
  /** Kernel counters by interface name; empty for a capture file. The totals of history are theirs, loopback left out. */
  readonly interfaces: readonly (SeriesSums & { readonly name: string })[];
  readonly apps: readonly AppSums[];
  readonly protocols: readonly NamedSums[];
  /** Remote hosts by address. */
  readonly hosts: readonly NamedSums[];
  readonly capture: {
    readonly received: number;
    readonly delivered: number;
    readonly droppedByKernel: number;
    readonly droppedByHelper: number;
  };
  readonly books: {
    readonly kernelBytes: number;
    readonly attributedBytes: number;
    readonly unknownBytes: number;
    readonly notCapturedBytes: number;
  };
}

/** An interval in which nothing moved, of no length: carries flows and names that ended at this moment. */
export function emptyInterval(atUs: number, mode: string): IntervalRecord {
  return {
    startUs: atUs,
    endUs: atUs,
    mode,
    interfaces: [],
    apps: [],
    protocols: [],
    hosts: [],
    capture: { received: 0, delivered: 0, droppedByKernel: 0, droppedByHelper: 0 },
    books: { kernelBytes: 0, attributedBytes: 0, unknownBytes: 0, notCapturedBytes: 0 },
  };
}
