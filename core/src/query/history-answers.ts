// What history answers: plain, immutable values for every view. Owns the shapes only.
import type { FlowRecord, OwnerQuality } from '../api/events.js';
import type { SeriesName } from '../store/series-kind.js';
import type { TotalsSums } from '../store/totals-block.js';
import type { TimeRange } from './time-range.js';

export interface HistoryTotals extends TotalsSums {
  /** First and last moment with data in the period; absent when there is none. */
  readonly firstUs?: number;
  readonly lastUs?: number;
}

export interface HistoryRow extends SeriesName {
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly txPackets: number;
  readonly rxPackets: number;
  readonly flows: number;
  /** Applications only: bytes by how their owner is known. */
  readonly quality?: Readonly<Partial<Record<OwnerQuality, number>>>;
}

export interface HistoryRows {
  readonly rows: readonly HistoryRow[];
  /** Everything below the limit, with what the store itself summed as "other"; absent when there is nothing. */
  readonly other?: HistoryRow;
  /** Names in `other` that are known; the store's own "other" does not count. */
  readonly otherCount: number;
  readonly total: HistoryRow;
}

export type SortKey = 'bytes' | 'txBytes' | 'rxBytes' | 'packets' | 'flows' | 'name';

export interface HistoryPoint {
  readonly startUs: number;
  readonly txBytes: number;
  readonly rxBytes: number;
  /** Time of this step that was recorded: 0 is a gap, not silence. */
  readonly coveredUs: number;
}

export interface HistorySeries extends TimeRange {
  readonly stepUs: number;
  /** Every step of the period in order, also those without data. */
  readonly points: readonly HistoryPoint[];
}

export interface HistoryFlows {
  readonly flows: readonly FlowRecord[];
  /** Closed flows of the period, `more` when there were too many to look at all. */
  readonly count: number;
  readonly more: boolean;
}

export interface CaptureLoss {
  readonly received: number;
  readonly delivered: number;
  readonly droppedByKernel: number;
  readonly droppedByHelper: number;
  /** Share of received packets that were lost, 0 to 1; absent when nothing was received. */
  readonly lossRatio?: number;
}
