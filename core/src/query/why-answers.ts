// What history knows of one application, host, flow or process: plain, immutable values. Owns the shapes only.
import type { FlowOwner, FlowRecord } from '../api/events.js';
import type { FlowSums, HistoryRow, NameRow } from './history-answers.js';

/** What is asked about. */
export type WhySubject =
  | { readonly kind: 'app'; readonly app: string }
  /** `name`: what was asked for, where it was no address. */
  | { readonly kind: 'host'; readonly ips: readonly string[]; readonly name?: string }
  | { readonly kind: 'flow'; readonly flow: FlowRecord }
  /** `app`: what it is called now, or was called when its flows were recorded. */
  | { readonly kind: 'process'; readonly pid: number; readonly app: string };

export type SubjectSearch =
  | { readonly subject: WhySubject }
  /** Nothing is called that. `nearest`: what may have been meant, best first. */
  | { readonly nearest: readonly string[] };

/** When something was seen for the first time in all that is kept. */
export interface FirstSeen {
  readonly atUs: number;
  /** How exact: the bucket or the packet that tells it is this long. */
  readonly withinUs: number;
  /** It was there when history begins: it may be older. */
  readonly isBegin: boolean;
}

/** Traffic by hour of the local day. */
export interface UsualHours {
  /** 24 sums, and how much of each hour was recorded. */
  readonly bytes: readonly number[];
  readonly recordedUs: readonly number[];
}

/** One of the largest: a remote address, an application, a protocol. Of flows that ended. */
export interface WhyRow {
  readonly name: string;
  /** Of addresses: the name they were met by, last. */
  readonly also?: string;
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly flows: number;
}

export interface WhyAnswer {
  readonly subject: WhySubject;
  readonly firstSeen?: FirstSeen;
  /** Of a flow: its application and its server together, of all flows that are kept. */
  readonly pairFirstSeen?: FirstSeen;
  readonly totals: FlowSums;
  readonly hours: UsualHours;
  /** Applications: the forms it was recorded in, largest first, with how they are known; of other times where it was silent. */
  readonly identities: readonly HistoryRow[];
  /** Who had the latest flow, and when it ended. */
  readonly owner?: FlowOwner & { readonly atUs: number };
  /** Names that were answered with the addresses, latest first. */
  readonly names: readonly NameRow[];
  /** Of a flow: the answer before it that named its server. */
  readonly question?: NameRow;
  readonly hosts: readonly WhyRow[];
  readonly apps: readonly WhyRow[];
  readonly protocols: readonly WhyRow[];
  /** Flows that fit and ended in the period, `more` when there were too many to look at all. */
  readonly flows: number;
  readonly more: boolean;
}
