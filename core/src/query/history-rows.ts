// Who moved how much in a period: applications, hosts, protocols, interfaces. Must not know lmdb.
// Bound: the caller's limit of rows; sums of the ids of one kind and period.
import type { OwnerQuality } from '../api/events.js';
import type { Mutable } from '../kernel/mutable.js';
import { OTHER_ID, OTHER_NAME, type SeriesKind, type SeriesName } from '../store/series-kind.js';
import type { Store } from '../store/store.js';
import type { FlowSums, HistoryRow, HistoryRows, RowsQuestion, SortKey } from './history-answers.js';
import { IdSums, SUMMED_COLUMNS } from './history-id-sums.js';
import { seriesReading } from './history-reading.js';
import { spansOf } from './history-spans.js';
import type { TimeRange } from './time-range.js';

/** Who moved how much in a period, largest first. */
export function queryBy(store: Store, kind: SeriesKind, range: TimeRange, question: RowsQuestion): HistoryRows {
  return store.view((view) => {
    const reading = seriesReading(view, kind, question.filter, question.name);
    const sums = new IdSums(reading.identity, reading.counts, kind === 'app');
    for (const { resolutionS, fromUs, toUs } of spansOf(view, [range])) {
      view.readRows(reading.kind, resolutionS, fromUs, toUs, SUMMED_COLUMNS, (rows) => {
        sums.addRows(rows);
        return true;
      });
    }
    return answer(sums, kind, question, reading.nameOf);
  });
}

interface RowSums extends Mutable<FlowSums> {
  readonly id: number;
  readonly quality: Partial<Record<OwnerQuality, number>>;
}

function answer(
  sums: IdSums,
  kind: SeriesKind,
  { limit, sort = 'bytes' }: RowsQuestion,
  nameOf: (id: number) => SeriesName,
): HistoryRows {
  const all = Array.from({ length: sums.length }, (_, slot): RowSums => {
    return { id: sums.idAt(slot), ...sums.sumsAt(slot), quality: sums.qualityAt(slot) };
  });
  const named = all.filter(({ id }) => id !== OTHER_ID);
  if (sort === 'name') sortByName(named, nameOf);
  else named.sort(ORDER[sort]);
  const { rows, next } = firstRows(named, limit, nameOf);
  const other = emptyRow();
  const total = emptyRow();
  for (const row of [...named.slice(next), ...all.filter(({ id }) => id === OTHER_ID)]) addRow(other, row);
  for (const row of all) addRow(total, row);
  return {
    rows: rows.map(([name, row]) => asRow(name, row, kind)),
    ...(isEmpty(other) ? {} : { other: asRow({ name: OTHER_NAME }, other, kind) }),
    otherCount: named.length - next,
    total: asRow({ name: 'total' }, total, kind),
  };
}

/**
 * Rows of the first `limit` names, and where the rest begins. Two ids that read alike, once unsafe characters are replaced or
 * because they are two scopes of one interface, are one row. Only names that are shown are looked up: it is most of the work.
 */
function firstRows(
  sorted: readonly RowSums[],
  limit: number,
  nameOf: (id: number) => SeriesName,
): { readonly rows: readonly (readonly [SeriesName, RowSums])[]; readonly next: number } {
  const rows = new Map<string, readonly [SeriesName, RowSums]>();
  let next = 0;
  for (; next < sorted.length; next++) {
    const row = sorted[next]!;
    if (rows.size >= limit) break;
    const name = nameOf(row.id);
    const identity = identityOf(name);
    const alike = rows.get(identity);
    if (alike === undefined) rows.set(identity, [name, row]);
    else addRow(alike[1], row);
  }
  return { rows: [...rows.values()], next };
}

const identityOf = ({ name, exe, user, unit, container, class: klass }: SeriesName): string =>
  [name, exe, user, unit, container, klass].join('\u0000');

function sortByName(rows: RowSums[], nameOf: (id: number) => SeriesName): void {
  const { compare } = new Intl.Collator();
  const names = new Map(rows.map(({ id }) => [id, nameOf(id).name]));
  rows.sort((left, right) => compare(names.get(left.id)!, names.get(right.id)!));
}

const ORDER: Readonly<Record<Exclude<SortKey, 'name'>, (left: FlowSums, right: FlowSums) => number>> = {
  bytes: (left, right) => right.txBytes + right.rxBytes - left.txBytes - left.rxBytes,
  txBytes: (left, right) => right.txBytes - left.txBytes,
  rxBytes: (left, right) => right.rxBytes - left.rxBytes,
  packets: (left, right) => right.txPackets + right.rxPackets - left.txPackets - left.rxPackets,
  flows: (left, right) => right.flows - left.flows,
};

function emptyRow(): RowSums {
  return { id: OTHER_ID, quality: {}, txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flows: 0 };
}

function isEmpty({ txBytes, rxBytes, txPackets, rxPackets, flows }: FlowSums): boolean {
  return txBytes + rxBytes + txPackets + rxPackets + flows === 0;
}

function addRow(into: RowSums, row: RowSums): void {
  into.txBytes += row.txBytes;
  into.rxBytes += row.rxBytes;
  into.txPackets += row.txPackets;
  into.rxPackets += row.rxPackets;
  into.flows += row.flows;
  for (const quality in row.quality) {
    const known = quality as OwnerQuality;
    into.quality[known] = (into.quality[known] ?? 0) + row.quality[known]!;
  }
}

function asRow(name: SeriesName, { id: _, quality, ...sums }: RowSums, kind: SeriesKind): HistoryRow {
  return { ...name, ...sums, ...(kind === 'app' ? { quality } : {}) };
}
