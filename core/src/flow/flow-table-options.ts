// What a flow table is told when it is made: how many flows, when they end, who else looks at them.
import type { FlowColumns } from './flow-columns.js';

/** Seconds without a packet after which a flow has ended. A TCP flow that said goodbye ends sooner. */
export interface FlowTimeouts {
  readonly tcpS: number;
  readonly tcpClosedS: number;
  /** Of a SYN, or two, that nobody has answered; absent: as other TCP. */
  readonly tcpUnansweredS?: number;
  readonly otherS: number;
}

/** A SYN is sent again after 1, 2, 4 s and so on: one that is followed by silence of half a minute was the last. */
export const DEFAULT_TIMEOUTS: FlowTimeouts = { tcpS: 600, tcpClosedS: 10, tcpUnansweredS: 30, otherS: 180 };

/** Who knows when a pair of ends got another owner: there one flow ends and another begins, also where the packets do not show it. */
export interface FlowSplits {
  /** 0: nobody has to be asked. */
  readonly size: number;
  /** The first such moment after `tsUs` for the key of this flow; infinite: none is known. */
  nextUs(columns: FlowColumns, flow: number, tsUs: number): number;
}

export interface FlowTableOptions {
  readonly capacity: number;
  /** Live capture: the same addresses on two interfaces are two flows, so that each interface adds up. */
  readonly keyByInterface?: boolean;
  readonly timeouts?: FlowTimeouts;
  readonly splits?: FlowSplits;
  /** Where flows are kept: columns that somebody else looks at too. `capacity` rows. */
  readonly columns?: FlowColumns;
  /** The row of a flow that has ended stays as it is until `release`: somebody may still be reading it. */
  readonly keepEnded?: boolean;
  /** With so few rows free or about to be, flows that nobody has answered make room. 0: none ever does. */
  readonly reserve?: number;
}
