// Rows by name of one past interval, with what the same names moved on that day so far. Must not know lmdb, nor what a row shows.
// Bound: SHOWN rows a kind; sums of the ids of one kind and day.
import type { OwnerQuality } from '../../api/events.js';
import type { SeriesKind, SeriesName } from '../../store/series-kind.js';
import type { StoreView } from '../../store/store.js';
import type { FlowSums } from '../history-answers.js';
import { IdSums, SUMMED_COLUMNS } from '../history-id-sums.js';
import { spansOf } from '../history-spans.js';
import type { TrafficRow } from '../live-snapshot.js';
import type { TimeRange } from '../time-range.js';

/** As many as a live picture has. */
const SHOWN = 200;
/** Ids may turn out to be one row: two programs that go by one name. */
const LOOKED_AT = 2 * SHOWN;

export interface PastRow {
  readonly name: SeriesName;
  readonly traffic: TrafficRow;
  /** Of applications: how most of its bytes are known. */
  readonly quality: OwnerQuality;
}

/** An interval, and the day until its end. Both begin and end where buckets do. */
export interface PastPeriods {
  readonly interval: TimeRange;
  readonly day: TimeRange;
}

/** Largest of the interval first, then what rested in it and moved that day. `keyOf`: names with the same key are one row. */
export function pastRows(
  view: StoreView,
  kind: SeriesKind,
  { interval, day }: PastPeriods,
  keyOf: (name: SeriesName) => string,
): PastRow[] {
  const moved = idSums(view, kind, interval);
  const since = idSums(view, kind, day);
  const rows = new Map<string, MutableRow>();
  for (const { id, sums, total, quality } of largest(moved, since)) {
    const name = view.nameOf(kind, id);
    const key = keyOf(name);
    const row = rows.get(key);
    if (row === undefined) rows.set(key, { name, quality, traffic: trafficOf(sums, total) });
    else addTo(row.traffic, trafficOf(sums, total));
  }
  return [...rows.values()].sort((left, right) => inOrder(left.traffic, right.traffic)).slice(0, SHOWN);
}

interface MutableRow extends PastRow {
  readonly traffic: { -readonly [Field in keyof TrafficRow]: number };
}

interface IdRow {
  readonly id: number;
  readonly sums: FlowSums;
  readonly total: FlowSums;
  readonly quality: OwnerQuality;
}

const NOTHING: FlowSums = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flows: 0 };

function largest(moved: IdSums, since: IdSums): IdRow[] {
  const rows: IdRow[] = [];
  const slots = new Map<number, number>();
  for (let slot = 0; slot < moved.length; slot++) slots.set(moved.idAt(slot), slot);
  for (let slot = 0; slot < since.length; slot++) {
    const id = since.idAt(slot);
    const at = slots.get(id);
    slots.delete(id);
    const sums = at === undefined ? NOTHING : moved.sumsAt(at);
    rows.push({ id, sums, total: since.sumsAt(slot), quality: mostOf(at === undefined ? since : moved, at ?? slot) });
  }
  // The day ends with the interval; a bucket that belongs to the day before by a clock that was set has no total but its own.
  for (const [id, slot] of slots) {
    const sums = moved.sumsAt(slot);
    rows.push({ id, sums, total: sums, quality: mostOf(moved, slot) });
  }
  return rows
    .sort((left, right) => bytesOf(right.sums) - bytesOf(left.sums) || bytesOf(right.total) - bytesOf(left.total))
    .slice(0, LOOKED_AT);
}

function idSums(view: StoreView, kind: SeriesKind, range: TimeRange): IdSums {
  const sums = new IdSums('id', undefined, kind === 'app');
  for (const { resolutionS, fromUs, toUs } of spansOf(view, [range])) {
    view.readRows(kind, resolutionS, fromUs, toUs, SUMMED_COLUMNS, (rows) => {
      sums.addRows(rows);
      return true;
    });
  }
  return sums;
}

function mostOf(sums: IdSums, slot: number): OwnerQuality {
  let most: OwnerQuality = 'unknown';
  let bytes = 0;
  for (const [quality, count] of Object.entries(sums.qualityAt(slot)) as [OwnerQuality, number][]) {
    if (count > bytes) [most, bytes] = [quality, count];
  }
  return most;
}

function trafficOf({ txBytes, rxBytes, txPackets, rxPackets }: FlowSums, total: FlowSums): MutableRow['traffic'] {
  return { txBytes, rxBytes, txPackets, rxPackets, txBytesTotal: total.txBytes, rxBytesTotal: total.rxBytes };
}

function addTo(into: MutableRow['traffic'], row: TrafficRow): void {
  for (const field of Object.keys(into) as (keyof TrafficRow)[]) into[field] += row[field];
}

const bytesOf = ({ txBytes, rxBytes }: FlowSums): number => txBytes + rxBytes;

function inOrder(left: TrafficRow, right: TrafficRow): number {
  return (
    right.txBytes + right.rxBytes - left.txBytes - left.rxBytes ||
    right.txBytesTotal + right.rxBytesTotal - left.txBytesTotal - left.rxBytesTotal
  );
}
