// What history answers: plain, immutable values for every view. Owns the shapes only.
import type { FlowRecord, OwnerQuality } from '../api/events.js';
import type { SeriesSums } from '../api/interval-record.js';
import type { BookReason, Zone } from '../kernel/traffic-words.js';
import type { SeriesName } from '../store/series-kind.js';
import type { TotalsSums } from '../store/totals-block.js';
import type { TrafficFilter } from './filter/traffic-filter.js';
import type { WantedName } from './history-filter.js';
import type { ChartGrain } from './history-steps.js';
import type { TimeRange } from './time-range.js';

/** Which part of the traffic is asked for; both together mean traffic that fits both. */
export interface Filter {
  /** One name or several; an empty list is no filter. */
  readonly interface?: string | readonly string[];
  readonly zone?: Zone;
}

/** `counters`: what the kernel counted. `packets`: what was captured, which may be less: only packets tell their zone. */
export type TrafficSource = 'counters' | 'packets';

/**
 * Time and capture counters are those of the whole recording, whatever the filter. With an interface the books are those of
 * the interface; with a zone they are 0, and so is caughtUpBytes: counters know no zones.
 */
export interface HistoryTotals extends TotalsSums {
  readonly source: TrafficSource;
  /** First and last moment with data in the period; absent when there is none. */
  readonly firstUs?: number;
  readonly lastUs?: number;
}

/** `flows`: those that began in the period. */
export interface FlowSums extends SeriesSums {
  readonly flows: number;
}

export interface HistoryRow extends SeriesName, FlowSums {
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

export interface RowsQuestion {
  readonly limit: number;
  readonly sort?: SortKey;
  readonly filter?: Filter;
  /** Only names with this in them, whatever the case; for applications also in their path, unit and container. */
  readonly name?: string;
}

/** Traffic without a known application; with the applications it adds up to the protocols. */
export interface HistoryUnknown extends FlowSums {
  /** Bytes by reason: a BookReason. */
  readonly reasons: Readonly<Record<string, number>>;
}

export interface ZoneSums extends FlowSums {
  readonly zone: Zone;
}

export interface HistoryZones {
  /** All of them in the order of ZONES, also those without traffic. */
  readonly zones: readonly ZoneSums[];
  /** Recorded without a zone; absent when there is nothing. */
  readonly unzoned?: FlowSums;
  readonly total: FlowSums;
}

/** kernelBytes = attributedBytes + unknownBytes + notCapturedBytes + inFlightBytes when the books close. */
export interface BooksSums {
  readonly kernelBytes: number;
  readonly attributedBytes: number;
  readonly unknownBytes: number;
  readonly unknown: Readonly<Partial<Record<BookReason, number>>>;
  readonly notCapturedBytes: number;
  /** Without `unexplained`, which has a field of its own. */
  readonly notCaptured: Readonly<Partial<Record<BookReason, number>>>;
  readonly unexplainedBytes: number;
  /** Counted and not yet captured, or the other way round: nearly 0 over time. */
  readonly inFlightBytes: number;
  /** What nothing explains: kernel - attributed - unknown - what was not captured for a reason that is known. */
  readonly residualBytes: number;
  /** Read from capture files: no kernel counted it, it is in none of the sums above. */
  readonly fileBytes: number;
  /** Payload of sockets on no interface that is counted: likewise. */
  readonly elsewhereBytes: number;
}

export interface InterfaceBooks extends BooksSums {
  readonly interface: string;
}

export interface HistoryBooks {
  /** By name; only interfaces with an entry. */
  readonly interfaces: readonly InterfaceBooks[];
  readonly total: BooksSums;
}

/** One step of a chart: [startUs, endUs). Steps of days follow the local calendar: one may have 23 or 25 hours. */
export interface HistoryStep {
  readonly startUs: number;
  readonly endUs: number;
  /** Time of this step that was recorded: 0 is a gap, not silence. */
  readonly coveredUs: number;
}

export interface HistoryPoint extends HistoryStep {
  readonly txBytes: number;
  readonly rxBytes: number;
  /** Of them: counted afterwards, so they belong to the time of the step that was not recorded. Absent: none. */
  readonly caughtUpBytes?: number;
}

export interface HistorySeries extends TimeRange {
  /** The usual length of a step. */
  readonly stepUs: number;
  readonly source: TrafficSource;
  /** Every step of the period in order, also those without data. */
  readonly points: readonly HistoryPoint[];
}

/** One name over time: txBytes[i] belongs to steps[i]. */
export interface StackLayer extends SeriesName {
  readonly txBytes: readonly number[];
  readonly rxBytes: readonly number[];
  /** Sums over the period. */
  readonly txTotal: number;
  readonly rxTotal: number;
}

export interface HistoryStack extends TimeRange {
  readonly stepUs: number;
  readonly steps: readonly HistoryStep[];
  /** Largest first. */
  readonly layers: readonly StackLayer[];
  /** All other names: with the layers it adds up to the totals of the kind in every step. */
  readonly other: StackLayer;
}

export interface StackQuestion {
  readonly grain: ChartGrain;
  readonly top: number;
  readonly filter?: Filter;
  /** As in RowsQuestion; or this one name alone. */
  readonly name?: WantedName;
}

export type FlowSortKey = 'bytes' | 'packets' | 'duration' | 'start' | 'end';

export interface FlowsQuestion {
  readonly limit: number;
  /** Largest, longest or latest first; `start`: earliest first. Default: bytes. */
  readonly sort?: FlowSortKey;
  readonly interface?: string | readonly string[];
  /** In the name of the owner or of the recognised application, whatever the case. */
  readonly app?: string;
  /** An address of either side, or a part of the server's name. */
  readonly host?: string;
  /** The recognised protocol, or the transport. */
  readonly protocol?: string;
  readonly zone?: Zone;
  /** Besides all of the above. */
  readonly fits?: TrafficFilter;
}

export interface HistoryFlows {
  readonly flows: readonly FlowRecord[];
  /** Closed flows of the period that fit the question, `more` when there were too many to look at all. */
  readonly count: number;
  readonly more: boolean;
}

export interface NamesQuestion {
  readonly limit: number;
  /** Only names with this in them, whatever the case. */
  readonly name?: string;
  /** Every answer as a row of its own. */
  readonly raw?: boolean;
}

/** Answered questions for one name and type, the last answer first in everything that differs. */
export interface NameRow {
  readonly name: string;
  readonly qtype: string;
  readonly rcode: string;
  readonly client: string;
  /** Different values, latest first; at most 64. */
  readonly answers: readonly string[];
  readonly count: number;
  /** Answers that told of an error: NXDOMAIN, SERVFAIL … */
  readonly failed: number;
  readonly firstUs: number;
  readonly lastUs: number;
}

export interface HistoryNames {
  /** Most asked first; raw: latest first. */
  readonly rows: readonly NameRow[];
  /** Rows there were, also those beyond the limit. */
  readonly count: number;
  /** There was more in the period than could be looked at. */
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
