// What a store is, whoever keeps it. Owns the shapes the recorder and the read side rely on.
import type { Incident } from '../api/alert-sink.js';
import type { DnsAnswered, FlowEnded, FlowRecord } from '../api/events.js';
import type { BookRow, IntervalRecord, Scope } from '../api/interval-record.js';
import type { Segment } from './bucket-reader.js';
import type { BucketRows } from './bucket-rows.js';
import type { AnsweredName } from './flow-rows.js';
import type { SeriesBlock } from './series-block.js';
import type { SeriesKind, SeriesName } from './series-kind.js';
import type { BlockKind } from './store-keys.js';
import type { ResolutionS } from './store-limits.js';
import type { DeviceRecord } from './store-migrations.js';
import type { TotalsSums } from './totals-block.js';
import type { WriterRecord } from './writer-lock.js';

/** `read-only`: the last append failed (full disk); the next one tries again. A reader is always `read-only`. */
export type StoreStatus = 'recording' | 'read-only' | 'closed';

export interface StoreInfo {
  readonly dir: string;
  readonly formatVersion: number;
  readonly isEncrypted: boolean;
  /** Bytes of the data file on disk. */
  readonly fileBytes: number;
  readonly intervals: number;
  readonly flows: number;
  /** Bytes of closed flows and of answered names, as stored. */
  readonly flowBytes: number;
  readonly nameBytes: number;
  /** Start of the first and latest second with data, and the end of the latest interval; absent in an empty store. */
  readonly firstUs?: number;
  readonly newestUs?: number;
  readonly lastEndUs?: number;
  /** How the latest interval was seen; absent when unknown. */
  readonly mode?: string;
  /** Names that found the dictionary full and were recorded as "other". */
  readonly refusedNames: number;
  /** Whose history it is; absent in a store of format 1. */
  readonly device?: DeviceRecord;
  /** Buckets of hours and days begin this many seconds before those of UTC. */
  readonly alignS: number;
  /** Incidents of alerts, and those that went because there were too many. */
  readonly incidents: number;
  readonly removedIncidents: number;
  /** Bytes of entries that went because the store was over its budget. */
  readonly prunedBytes: number;
  /** The process that records at the moment, if it is alive. */
  readonly writer?: WriterRecord;
}

/** One moment's view of the store: everything asked of it agrees. Valid until the call that gave it returns. */
export interface StoreView {
  info(): StoreInfo;
  /** Of `info` what costs nothing: it looks at no file and no process. */
  recorded(): Pick<StoreInfo, 'firstUs' | 'newestUs' | 'lastEndUs'>;
  /** The fewest buckets that cover a period; see bucket-reader.ts. */
  segments(fromUs: number, toUs: number): readonly Segment[];
  /** The finest resolution whose buckets are still kept at this moment. */
  finestResolutionS(atUs: number): ResolutionS;
  /** Every bucket that starts in [fromUs, toUs), oldest first; `visit` answers false to stop. */
  readTotals(
    resolutionS: ResolutionS,
    fromUs: number,
    toUs: number,
    visit: (startUs: number, sums: TotalsSums) => boolean | undefined,
  ): void;
  readSeries(
    kind: SeriesKind,
    resolutionS: ResolutionS,
    fromUs: number,
    toUs: number,
    visit: (startUs: number, series: SeriesBlock) => boolean | undefined,
  ): void;
  /** The books of every bucket that starts in [fromUs, toUs), one row an interface, category and reason. */
  readBooks(
    resolutionS: ResolutionS,
    fromUs: number,
    toUs: number,
    visit: (startUs: number, rows: readonly BookRow[]) => boolean | undefined,
  ): void;
  /**
   * The rows of every bucket that starts in [fromUs, toUs), many buckets at a time and series by series, of their columns only the
   * first `columns`: the way to sum over a long time. `visit` answers false to stop; what it was given is over then.
   */
  readRows(
    kind: BlockKind,
    resolutionS: ResolutionS,
    fromUs: number,
    toUs: number,
    columns: number,
    visit: (rows: BucketRows) => boolean | undefined,
  ): void;
  nameOf(kind: SeriesKind, id: number): SeriesName;
  /** Of a row's scope id; 0 is no scope. */
  scopeOf(id: number): Scope;
  /**
   * Flows whose last packet lies in [fromUs, toUs), newest minute first, at most `limit`. Answers whether there were more. Of a flow that
   * `isWanted` refuses for its bytes nothing more is made.
   */
  readFlows(
    fromUs: number,
    toUs: number,
    limit: number,
    visit: (flow: FlowRecord) => void,
    isWanted?: (bytes: number) => boolean,
  ): boolean;
  readNames(fromUs: number, toUs: number, limit: number, visit: (name: AnsweredName) => void): boolean;
  /** Incidents that went on at some time in [fromUs, toUs), the newest first; `visit` answers false to stop. */
  readIncidents(fromUs: number, toUs: number, visit: (incident: Incident) => boolean | undefined): void;
  incident(id: string): Incident | undefined;
  /** Those that go on, oldest first. */
  openIncidents(): readonly Incident[];
  /** What the desk of alerts gave last; undefined before. The caller checks its shape. */
  alertDesk(): unknown;
  /** What the detector of a rule gave last, likewise. */
  learned(rule: string): unknown;
  /** What the last append kept besides its rows, as it was given; undefined before. The caller checks its shape. */
  baseline(): unknown;
}

/** What became of alerts: each incident as it is now; the rest is plain data, replaced as a whole where it is there. */
export interface StoredAlerts {
  readonly incidents: readonly Incident[];
  readonly desk?: unknown;
  /** What detectors have learned, by rule. */
  readonly learned?: Readonly<Record<string, unknown>>;
}

/** What one transaction records: all of it or nothing. */
export interface StoreBatch {
  /** In order of time. */
  readonly intervals: readonly IntervalRecord[];
  readonly ended?: readonly FlowEnded[];
  readonly names?: readonly DnsAnswered[];
  readonly alerts?: StoredAlerts;
  /** Where the counters stood at the end of the last interval: plain data, replaced as a whole. Absent: stays as it is. */
  readonly baseline?: unknown;
}

export interface Store {
  readonly dir: string;
  readonly state: StoreStatus;
  /** Why the store is read-only, for a person; undefined while it records. */
  readonly stateDetail: string | undefined;
  /**
   * Records intervals, the flows that ended and the names that were answered in them: one transaction, all or nothing.
   * Resolves when it is committed. Rejects with KAIPO_STORE_FULL (nothing was written, the next append tries again),
   * KAIPO_STORE_BUSY (another process took the store over) or KAIPO_STORE_CORRUPT. Calls are carried out in order.
   */
  append(batch: StoreBatch): Promise<void>;
  /** Reads at one moment. `ask` runs at once and must not keep the view. */
  view<Answer>(ask: (view: StoreView) => Answer): Answer;
  info(): StoreInfo;
  /** Resolves when everything appended is on disk and the lock is given back. */
  close(): Promise<void>;
}

/** What questions need of a store, or of one moment of it. */
export type StoreReader = Pick<Store, 'view'>;

/** One moment of a store for several questions: their answers agree, and a name is looked up once. */
export function readerOf(view: StoreView): StoreReader {
  return { view: (ask) => ask(view) };
}
