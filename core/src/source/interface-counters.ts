// Interface counters: the shape of a reading, and of what reads them. Must not know: any reader, deltas, intervals, who asks.
import type { InterfaceClass } from '../kernel/traffic-words.js';

/** More interfaces than this are not counted; container hosts have hundreds. */
export const MAX_COUNTED_INTERFACES = 1024;

/** Counters of one interface since it was made, as the kernel has them. */
export interface InterfaceCounters {
  readonly name: string;
  /** The kernel's number of the interface: another number under the same name is another interface. Linux only. */
  readonly ifindex?: number;
  readonly rxBytes: number;
  readonly txBytes: number;
  /** 0 when `packetsKnown` is false. */
  readonly rxPackets: number;
  readonly txPackets: number;
  /** systeminformation has no packet counters. */
  readonly packetsKnown: boolean;
  readonly rxDropped: number;
  readonly txDropped: number;
  readonly rxErrors: number;
  readonly txErrors: number;
  readonly up: boolean;
  /** Absent for interfaces without a link of their own, and where the driver does not say. */
  readonly speedMbit?: number;
  /** What carries it. */
  readonly class: InterfaceClass;
  /** Do its bytes add to totals? See counted-interfaces.ts. */
  readonly counted: boolean;
  /** Times the link went or came, since the interface was made. Linux only. */
  readonly carrierChanges?: number;
}

/** Interfaces whose bytes shall add to totals: named ones, or the ones that lead out. */
export type WantedInterfaces = readonly string[] | 'auto';

export interface CounterSource {
  readonly name: 'proc' | 'systeminformation';
  /** All interfaces of this network namespace. Rejects when they cannot be read; the next call tries again. */
  read(): Promise<readonly InterfaceCounters[]>;
  /** From the next reading on these add to totals. */
  select(wanted: WantedInterfaces): void;
}
