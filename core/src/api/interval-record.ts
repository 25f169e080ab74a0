// What the recorder hands to the store, and detectors are told, once an interval: sums, never packets. Owns the shape, and what an empty one
// is.

import type { BookCategory, BookReason, InterfaceClass, Zone } from '../kernel/traffic-words.js';
import type { OwnerQuality } from './events.js';

export interface SeriesSums {
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly txPackets: number;
  readonly rxPackets: number;
}

/** Where a part of a row was seen. The same name appears once for each scope. */
export interface Scope {
  readonly interface?: string;
  readonly zone?: Zone;
}

export interface NamedSums extends SeriesSums, Scope {
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

/** Kernel counters of one interface. */
export interface InterfaceSums extends SeriesSums {
  readonly name: string;
  readonly class?: InterfaceClass;
  /** Do its bytes add to the totals? Absent: yes. Every byte is counted on one interface only. */
  readonly counted?: boolean;
}

/** One line of the books. Bytes are those of kernel counters; only `in-flight` may be negative. */
export interface BookRow {
  readonly interface: string;
  readonly category: BookCategory;
  readonly reason: BookReason;
  readonly bytes: number;
}

/** One interval of everything, whole frames, tx = sent by this host. A capture file counts its client side as this host. */
export interface IntervalRecord {
  readonly startUs: number;
  readonly endUs: number;
  /** How it was seen: `capture+events`, `capture`, `counters`, `file`. */
  readonly mode?: string;
  /** The bytes moved at some time in the interval while no recorder ran: known from counters, spread evenly over it. */
  readonly isCaughtUp?: boolean;
  /** Empty for a capture file. The totals of history are theirs. */
  readonly interfaces: readonly InterfaceSums[];
  readonly apps: readonly AppSums[];
  readonly protocols: readonly NamedSums[];
  /** Remote hosts by address. */
  readonly hosts: readonly NamedSums[];
  /** Traffic without a known application, by reason (a BookReason). apps + unknown = protocols. */
  readonly unknown: readonly NamedSums[];
  readonly capture: {
    readonly received: number;
    readonly delivered: number;
    readonly droppedByKernel: number;
    readonly droppedByHelper: number;
  };
  /** For every interface: kernel = attributed + unknown + not-captured + in-flight. */
  readonly books: readonly BookRow[];
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
    unknown: [],
    capture: { received: 0, delivered: 0, droppedByKernel: 0, droppedByHelper: 0 },
    books: [],
  };
}
