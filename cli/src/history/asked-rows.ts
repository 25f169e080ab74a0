// `--limit`, `--sort` and `--reverse` of rows by name. Owns the words of --sort; ordering is the work of core/src/query.
// Bound: MAX_ROWS names.
import { type HistoryRow, type HistoryRows, queryBy, type SortKey } from '@kaipo/core/query/history.js';
import type { SeriesKind } from '@kaipo/core/store/series-kind.js';
import { DEFAULT_LIMIT } from './default-limit.js';
import type { HistoryContext } from './history-context.js';

export const ROW_SORTS: Readonly<Record<string, SortKey>> = {
  bytes: 'bytes',
  sent: 'txBytes',
  received: 'rxBytes',
  packets: 'packets',
  flows: 'flows',
  name: 'name',
};
const MAX_ROWS = 262_144;

export interface RowOptions {
  readonly limit?: number;
  readonly sort?: string;
  readonly reverse?: boolean;
  /** Only names with this in them. */
  readonly name?: string;
}

/** The rows that were asked for; all others are in `other`. */
export function askRows({ store, range, filter }: HistoryContext, kind: SeriesKind, options: RowOptions): HistoryRows {
  const { limit = DEFAULT_LIMIT, reverse = false, name } = options;
  const question = { sort: ROW_SORTS[options.sort ?? 'bytes'] ?? 'bytes', filter, ...(name !== undefined && { name }) };
  if (!reverse) return queryBy(store, kind, range, { ...question, limit });
  const all = queryBy(store, kind, range, { ...question, limit: MAX_ROWS });
  const rows = [...all.rows].reverse();
  const rest = rows.slice(limit);
  const other = [...rest, ...(all.other === undefined ? [] : [all.other])].reduce<HistoryRow | undefined>(
    sumRows,
    undefined,
  );
  return {
    rows: rows.slice(0, limit),
    ...(other !== undefined && { other }),
    otherCount: all.otherCount + rest.length,
    total: all.total,
  };
}

function sumRows(sum: HistoryRow | undefined, row: HistoryRow): HistoryRow {
  const start = sum ?? { name: 'other', txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flows: 0 };
  return {
    name: 'other',
    txBytes: start.txBytes + row.txBytes,
    rxBytes: start.rxBytes + row.rxBytes,
    txPackets: start.txPackets + row.txPackets,
    rxPackets: start.rxPackets + row.rxPackets,
    flows: start.flows + row.flows,
  };
}
