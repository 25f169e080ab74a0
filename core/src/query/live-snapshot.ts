// What every live view draws: one immutable picture of one interval. Owns: the shape; `live-view.ts` fills it.
import type {
  AlertRaised,
  DnsAnswered,
  DnsAsked,
  FlowOwner,
  OwnerQuality,
  ProtocolEvidence,
  ServerNameEvidence,
} from '../api/events.js';
import type { BookReason, InterfaceClass, Zone } from '../kernel/traffic-words.js';
import type { LiveDetails } from './live-details.js';

/** What kaipo may see, by privilege. Shown in every header. */
export type Rung = 'capture+events' | 'capture' | 'counters';

/** What bytes of applications are when `appsFrom` is there: one sentence for every header. */
export const SOCKETS_NOTE = "TCP payload only, from the kernel's socket table; no packets";

export interface LiveInterface {
  readonly name: string;
  /** Kernel counters, deltas of the interval. */
  readonly rxBytes: number;
  readonly txBytes: number;
  readonly rxPackets: number;
  readonly txPackets: number;
  /** Since kaipo started. */
  readonly rxBytesTotal: number;
  readonly txBytesTotal: number;
  readonly up: boolean;
  readonly class: InterfaceClass;
  /** Do its bytes add to the totals? Every byte is counted on one interface only. */
  readonly counted: boolean;
  /** Are its packets captured? */
  readonly captured: boolean;
  readonly speedMbit?: number;
}

export interface LiveCapture {
  /** Deltas of the interval. received = delivered + droppedByKernel + droppedByHelper, exactly. */
  readonly received: number;
  readonly delivered: number;
  readonly droppedByKernel: number;
  readonly droppedByHelper: number;
  /** false: the portable helper cannot see kernel drops. */
  readonly dropsKnown: boolean;
  /** Times the stream broke and was restarted, since kaipo started. */
  readonly gaps: number;
  /** Absent: no kernel events, or a recorder that does not tell. */
  readonly events?: LiveEvents;
}

/** The kernel's events about sockets and processes. */
export interface LiveEvents {
  /** By the kernel's own statistics, since kaipo started. */
  readonly lost: number;
  /** There were so many that those about packets without a connection are not asked for at the moment. */
  readonly turnedDown: boolean;
}

/** kernel = attributed + unknown + notCaptured + inFlight. inFlight: counted by the kernel, not yet here (or the other way). */
export interface LiveBooks {
  readonly kernelBytes: number;
  readonly attributedBytes: number;
  readonly unknownBytes: number;
  readonly notCapturedBytes: number;
  readonly inFlightBytes: number;
  /** What unknownBytes and notCapturedBytes are made of; reasons without bytes are absent. */
  readonly unknownReasons?: Readonly<Partial<Record<BookReason, number>>>;
  readonly notCapturedReasons?: Readonly<Partial<Record<BookReason, number>>>;
}

export interface TrafficRow {
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly txPackets: number;
  readonly rxPackets: number;
  /** Since the row was first seen. */
  readonly txBytesTotal: number;
  readonly rxBytesTotal: number;
}

/** The flows of an application, a process, a host or a protocol together. */
export interface SumsRow extends TrafficRow {
  readonly flows: number;
  /** When the first of them began, as far as kaipo saw it. */
  readonly sinceUs?: number;
}

/** Everything below that is optional is absent where it is not known, and from recorders that do not tell. */
export interface LiveApp extends SumsRow, FlowOwner {
  /** What it is used for, when that is the same of all its flows. */
  readonly service?: string;
}

/**
 * One process of an application, or all of it that have ended (`ended`, without pid; `parents` when the same started all). User, unit and container say whose row of `apps`
 * it is part of; what is left of that row belongs to processes that are not listed.
 */
export interface LiveProcess extends SumsRow, FlowOwner {
  readonly ended?: number;
}

/** Where an address is registered: its country (ISO 3166), number and name of its network. */
export interface LivePlace {
  readonly country?: string;
  readonly asn?: number;
  readonly network?: string;
}

/** A device of the local network, as it told of itself. */
export interface LiveDevice {
  readonly name?: string;
  readonly vendor?: string;
  readonly mac?: string;
}

export interface LiveHost extends SumsRow, LivePlace {
  readonly ip: string;
  readonly name?: string;
  readonly zone?: Zone;
  readonly device?: LiveDevice;
}

export interface LiveProtocol extends SumsRow {
  readonly name: string;
}

/** Place, zone and vendor are those of the remote end; user, unit, container and quality those of the owner. */
export interface LiveFlow extends TrafficRow, LivePlace {
  readonly id: string;
  readonly transport: string;
  readonly local: { readonly ip: string; readonly port?: number };
  readonly remote: { readonly ip: string; readonly port?: number };
  readonly interface?: string;
  readonly protocol?: string;
  readonly serverName?: string;
  readonly app?: string;
  readonly startUs: number;
  /** What it moved in the interval is not known, and its four sums of the interval are 0 for that: a picture of the past. */
  readonly movedUnknown?: true;
  /** How the name is known, and how the protocol. */
  readonly serverNameFrom?: ServerNameEvidence;
  readonly protocolFrom?: ProtocolEvidence;
  readonly pid?: number;
  readonly user?: string;
  readonly unit?: string;
  readonly container?: string;
  readonly quality?: OwnerQuality;
  readonly zone?: Zone;
  /** Who began: this host (`out`), or the other end. */
  readonly direction?: 'out' | 'in';
  /** What it is used for, as far as is known by now, and its kind: YouTube, video. */
  readonly service?: string;
  readonly category?: string;
  /** TCP: the latest time to the other end and back; segments sent again, by both ends. */
  readonly rttUs?: number;
  readonly retransmits?: number;
  readonly tlsVersion?: string;
  readonly ja4?: string;
  readonly vendor?: string;
}

export interface LiveNotice {
  readonly tsUs: number;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly text: string;
}

/** What a picture of the past says of itself. */
export interface PastInterval {
  /** The stretch it stands for: a bucket of history, the interval in it when that is longer, or a gap. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Seconds of the bucket; 0: a gap. */
  readonly resolutionS: number;
  /** false: nothing was recorded from fromUs to toUs, which is not the same as no traffic. All sums are 0 and all lists empty. */
  readonly isRecorded: boolean;
  /** Time of it that was recorded. */
  readonly coveredUs: number;
  /** Moved while no recorder ran, known from counters later and dated evenly. */
  readonly caughtUpBytes: number;
  /** The sums since first seen (…Total) are of the local day so far: from here to toUs. Those of flows are of their whole life. */
  readonly totalsFromUs: number;
  /** Flows are kept when they have ended: of those that were alive, the ones that ended at this time or later may be missing. */
  readonly flowsUntilUs: number;
}

export interface LiveSnapshot {
  /** Absent: this is now. Present: read from history; see core/src/query/rewind. */
  readonly past?: PastInterval;
  readonly tsUs: number;
  readonly intervalUs: number;
  readonly rung: Rung;
  /** The one command that reaches the next rung; absent on the highest. */
  readonly rungFix?: string;
  /** `native`, `portable`; absent on counters. */
  readonly helper?: string;
  readonly interfaces: readonly LiveInterface[];
  readonly capture: LiveCapture;
  readonly books: LiveBooks;
  /** Without packets: applications, hosts and flows come from the kernel's socket table, and their bytes are TCP payload. */
  readonly appsFrom?: 'tcp-sockets';
  /** Each list is sorted by bytes of the interval, largest first, and cut to a bound. */
  readonly apps: readonly LiveApp[];
  /** What the applications are made of; absent from recorders that do not tell. */
  readonly processes?: readonly LiveProcess[];
  readonly flows: readonly LiveFlow[];
  readonly hosts: readonly LiveHost[];
  readonly protocols: readonly LiveProtocol[];
  readonly dns: readonly (DnsAsked | DnsAnswered)[];
  readonly alerts: readonly AlertRaised[];
  /** Newest last; at most 64. */
  readonly notices: readonly LiveNotice[];
  /** `evicted`: flows nobody had answered, ended because others needed the room. */
  readonly flowTable: {
    readonly active: number;
    readonly capacity: number;
    readonly refused: number;
    readonly evicted: number;
  };
  readonly recording: { readonly state: 'recording' | 'off' | 'read-only'; readonly detail?: string };
  /** Of the one row that is watched; absent: none is, or nothing is known of it any more. */
  readonly details?: LiveDetails;
}
