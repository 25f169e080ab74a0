// Who moved how much in a period: applications, hosts, protocols, interfaces. Must not know lmdb.
// Bound: the caller's limit of rows; names of one kind and period in memory.
import type { OwnerQuality } from '../api/events.js';
import { OTHER_ID, type SeriesKind, type SeriesName } from '../store/series-kind.js';
import type { Store, StoreView } from '../store/store.js';
import type { HistoryRow, HistoryRows, SortKey } from './history-answers.js';
import type { TimeRange } from './time-range.js';

const US_PER_S = 1_000_000;

/** Who moved how much in a period, largest first. */
export function queryBy(
  store: Store,
  kind: SeriesKind,
  { fromUs, toUs }: TimeRange,
  { limit, sort = 'bytes' }: { readonly limit: number; readonly sort?: SortKey },
): HistoryRows {
  const rows = new Map<string, RowSums>();
  store.view((view) => {
    const rowOfId = new Map<number, RowSums>();
    for (const segment of view.segments(fromUs, toUs)) {
      view.readSeries(kind, segment.resolutionS, segment.fromS * US_PER_S, segment.toS * US_PER_S, (_, series) => {
        for (let row = 0; row < series.length; row++) {
          const sums = rowFor(view, kind, series.idAt(row), rowOfId, rows);
          sums.txBytes += series.txBytes[row]!;
          sums.rxBytes += series.rxBytes[row]!;
          sums.txPackets += series.txPackets[row]!;
          sums.rxPackets += series.rxPackets[row]!;
          sums.flows += series.flows[row]!;
          const quality = series.qualityAt(row);
          sums.quality[quality] = (sums.quality[quality] ?? 0) + series.txBytes[row]! + series.rxBytes[row]!;
        }
        return true;
      });
    }
  });
  return limited([...rows.values()], kind, limit, sort);
}

interface RowSums {
  readonly id: number;
  readonly name: SeriesName;
  readonly quality: Partial<Record<OwnerQuality, number>>;
  txBytes: number;
  rxBytes: number;
  txPackets: number;
  rxPackets: number;
  flows: number;
}

/** One row a name: two ids may read alike once unsafe characters are replaced. */
function rowFor(
  view: StoreView,
  kind: SeriesKind,
  id: number,
  rowOfId: Map<number, RowSums>,
  rows: Map<string, RowSums>,
): RowSums {
  const known = rowOfId.get(id);
  if (known !== undefined) return known;
  const name = view.nameOf(kind, id);
  const identity = `${id === OTHER_ID ? 'other' : 'named'} ${JSON.stringify(name)}`;
  const row = rows.get(identity) ?? newRow(id, name);
  rows.set(identity, row);
  rowOfId.set(id, row);
  return row;
}

function newRow(id: number, name: SeriesName): RowSums {
  return { id, name, quality: {}, txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flows: 0 };
}

function limited(all: readonly RowSums[], kind: SeriesKind, limit: number, sort: SortKey): HistoryRows {
  const named = all.filter((row) => row.id !== OTHER_ID).sort(ORDER[sort]);
  const rest = named.slice(limit);
  const other = newRow(OTHER_ID, { name: 'other' });
  for (const row of [...rest, ...all.filter((candidate) => candidate.id === OTHER_ID)]) addRow(other, row);
  const total = newRow(OTHER_ID, { name: 'total' });
  for (const row of all) addRow(total, row);
  return {
    rows: named.slice(0, limit).map((row) => asRow(row, kind)),
    ...(other.txBytes + other.rxBytes + other.txPackets + other.rxPackets > 0 ? { other: asRow(other, kind) } : {}),
    otherCount: rest.length,
    total: asRow(total, kind),
  };
}

const ORDER: Readonly<Record<SortKey, (left: RowSums, right: RowSums) => number>> = {
  bytes: (left, right) => right.txBytes + right.rxBytes - left.txBytes - left.rxBytes,
  txBytes: (left, right) => right.txBytes - left.txBytes,
  rxBytes: (left, right) => right.rxBytes - left.rxBytes,
  packets: (left, right) => right.txPackets + right.rxPackets - left.txPackets - left.rxPackets,
  flows: (left, right) => right.flows - left.flows,
  name: (left, right) => left.name.name.localeCompare(right.name.name),
};

function addRow(into: RowSums, row: RowSums): void {
  into.txBytes += row.txBytes;
  into.rxBytes += row.rxBytes;
  into.txPackets += row.txPackets;
  into.rxPackets += row.rxPackets;
  into.flows += row.flows;
  for (const [quality, bytes] of Object.entries(row.quality) as [OwnerQuality, number][]) {
    into.quality[quality] = (into.quality[quality] ?? 0) + bytes;
  }
}

function asRow({ name, id: _, quality, ...sums }: RowSums, kind: SeriesKind): HistoryRow {
  return { ...name, ...sums, ...(kind === 'app' ? { quality } : {}) };
}
