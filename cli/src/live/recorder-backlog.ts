// What is measured and not yet written. Owns its bounds and what goes when they are passed: detail in time first, then the rows of
// the oldest ended flows and names; never a counted byte. Must not know the store. Bounds: below.
import type { DnsAnswered, FlowEnded } from '@kaipo/core/api/index.js';
import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import type { StoreBatch, StoredAlerts } from '@kaipo/core/store/store.js';
import { mergeIntervals, rowsOf } from './recorder-merge.js';
import { WaitingAlerts } from './waiting-alerts.js';

/** One interval as it is recorded. */
export interface RecordedInterval {
  readonly record: IntervalRecord;
  /** Rows that mend earlier intervals. */
  readonly corrections?: readonly IntervalRecord[];
  readonly ended: readonly FlowEnded[];
  readonly names: readonly DnsAnswered[];
  readonly alerts?: StoredAlerts;
  /** Where the counters stood at its end. */
  readonly baseline?: unknown;
}

export interface BacklogBounds {
  readonly intervals: number;
  readonly rows: number;
  readonly flows: number;
  readonly names: number;
}

/** About 40 MB at the very most; counters alone take twenty minutes of seconds. */
export const BACKLOG_BOUNDS: BacklogBounds = { intervals: 1200, rows: 100_000, flows: 65_536, names: 16_384 };
/** Neighbours that lie in the same ten seconds, minute, hour, day become one; in the end all. */
const COARSER_US = [10e6, 60e6, 3600e6, 86_400e6, Number.POSITIVE_INFINITY];
/** So much is free again after shrinking: it is not done for every interval. */
const SHRINK_TO = 0.75;

export class RecorderBacklog {
  readonly #bounds: BacklogBounds;
  #intervals: IntervalRecord[] = [];
  #ended: FlowEnded[] = [];
  #names: DnsAnswered[] = [];
  readonly #alerts = new WaitingAlerts();
  #baseline: unknown;
  #rows = 0;
  /** Intervals that were merged into a neighbour: their bytes are kept, their moment is not. */
  mergedIntervals = 0;
  /** Ended flows and names that are in no list of the store. */
  lostFlows = 0;

  constructor(bounds: BacklogBounds = BACKLOG_BOUNDS) {
    this.#bounds = bounds;
  }

  get intervals(): number {
    return this.#intervals.length;
  }

  get isEmpty(): boolean {
    const waiting = this.#intervals.length + this.#ended.length + this.#names.length;
    return waiting === 0 && this.#baseline === undefined && this.#alerts.isEmpty;
  }

  /** Half of a bound is used: time to write, whatever the clock says. */
  get isHeavy(): boolean {
    const { intervals, rows, flows, names } = this.#bounds;
    return (
      this.#intervals.length * 2 > intervals ||
      this.#rows * 2 > rows ||
      this.#ended.length * 2 > flows ||
      this.#names.length * 2 > names ||
      this.#alerts.isHeavy
    );
  }

  add(interval: RecordedInterval): void {
    this.#intervals.push(interval.record);
    this.#rows += rowsOf(interval.record);
    for (const correction of interval.corrections ?? []) {
      this.#intervals.push(correction);
      this.#rows += rowsOf(correction);
    }
    if (interval.baseline !== undefined) this.#baseline = interval.baseline;
    this.addEvents(interval.ended, interval.names);
    if (interval.alerts !== undefined) this.addAlerts(interval.alerts);
    this.#shrink();
  }

  /** What was caught up, and where the counters stand after it. */
  begin(caughtUp: readonly IntervalRecord[], baseline: unknown): void {
    for (const record of caughtUp) this.add({ record, ended: [], names: [] });
    this.#baseline = baseline;
  }

  addEvents(ended: readonly FlowEnded[], names: readonly DnsAnswered[]): void {
    this.#ended = this.#newest(this.#ended.concat(ended), this.#bounds.flows);
    this.#names = this.#newest(this.#names.concat(names), this.#bounds.names);
  }

  addAlerts(alerts: StoredAlerts): void {
    this.#alerts.add(alerts);
  }

  /** Everything, as one transaction; undefined when there is nothing. */
  take(): StoreBatch | undefined {
    if (this.isEmpty) return undefined;
    const batch: StoreBatch = {
      // A clock that was set back meanwhile.
      intervals: this.#intervals.toSorted((a, b) => a.startUs - b.startUs),
      ended: this.#ended,
      names: this.#names,
      ...(!this.#alerts.isEmpty && { alerts: this.#alerts.take() }),
      ...(this.#baseline !== undefined && { baseline: this.#baseline }),
    };
    this.clear();
    return batch;
  }

  /** What could not be written is written with what came since. */
  putBack(batch: StoreBatch): void {
    this.#intervals = [...batch.intervals, ...this.#intervals];
    this.#rows = this.#intervals.reduce((sum, interval) => sum + rowsOf(interval), 0);
    this.#ended = this.#newest([...(batch.ended ?? []), ...this.#ended], this.#bounds.flows);
    this.#names = this.#newest([...(batch.names ?? []), ...this.#names], this.#bounds.names);
    this.#baseline ??= batch.baseline;
    if (batch.alerts !== undefined) this.#alerts.putBack(batch.alerts);
    this.#shrink();
  }

  clear(): void {
    this.#intervals = [];
    this.#ended = [];
    this.#names = [];
    this.#rows = 0;
    this.#baseline = undefined;
    this.#alerts.take();
  }

  #newest<T>(list: T[], max: number): T[] {
    if (list.length <= max) return list;
    this.lostFlows += list.length - max;
    return list.slice(-max);
  }

  #shrink(): void {
    const { intervals, rows } = this.#bounds;
    if (this.#intervals.length <= intervals && this.#rows <= rows) return;
    for (const stepUs of COARSER_US) {
      const merged = mergeNeighbours(this.#intervals, stepUs);
      this.mergedIntervals += this.#intervals.length - merged.length;
      this.#intervals = merged;
      this.#rows = merged.reduce((sum, interval) => sum + rowsOf(interval), 0);
      if (merged.length <= intervals * SHRINK_TO && this.#rows <= rows * SHRINK_TO) return;
    }
  }
}

/** What was caught up is spread over its time by the store, and stays by itself. */
function mergeNeighbours(intervals: readonly IntervalRecord[], stepUs: number): IntervalRecord[] {
  const slot = (interval: IntervalRecord): number => Math.floor(interval.startUs / stepUs);
  const merged: IntervalRecord[] = [];
  let run: IntervalRecord[] = [];
  for (const interval of intervals) {
    const first = run[0];
    const fits = first !== undefined && slot(first) === slot(interval) && first.isCaughtUp === interval.isCaughtUp;
    if (!fits && run.length > 0) {
      merged.push(mergeIntervals(run));
      run = [];
    }
    run.push(interval);
  }
  if (run.length > 0) merged.push(mergeIntervals(run));
  return merged;
}
