// Interfaces as rows: what the kernel counted on each, and which of them add to totals. Owns their fields and their table.

import type { SeriesSums } from '@kaipo/core/api/interval-record.js';
import { formatCount } from '@kaipo/core/kernel/units.js';
import { countedRows } from '@kaipo/core/query/counted-rows.js';
import { type HistoryRow, queryBy, queryTotals } from '@kaipo/core/query/history.js';
import { formatShare } from '../report/report-notes.js';
import { fittedTable } from './fitted-table.js';
import type { HistoryContext } from './history-context.js';
import { usageCells, usageFields } from './usage-fields.js';

const MAX_INTERFACES = 1024;

/** Interfaces that add to the totals of the period, whatever is filtered; undefined when the store cannot tell. */
export function countedInterfacesOf({ store, range }: HistoryContext): ReadonlySet<string> | undefined {
  const { rows, other } = queryBy(store, 'interface', range, { limit: MAX_INTERFACES });
  return other === undefined ? countedRows(rows, queryTotals(store, range)) : undefined;
}

export function interfaceRecord(row: HistoryRow, counted: ReadonlySet<string> | undefined): object {
  return {
    interface: row.name,
    ...(row.class !== undefined && { class: row.class }),
    ...(counted !== undefined && { counted: counted.has(row.name) }),
    ...usageFields(row),
  };
}

/** Shares are of the total, in which every byte is once: those of a VPN and of the card below it may pass 100 %. */
export function interfacesTable(
  rows: readonly HistoryRow[],
  total: Pick<SeriesSums, 'txBytes' | 'rxBytes'>,
  counted: ReadonlySet<string> | undefined,
  width: number | undefined,
): string {
  // Worth a column where there is a difference.
  const isMixed = counted !== undefined && rows.some(({ name }) => !counted.has(name));
  return fittedTable(
    [
      { title: 'Interface', shrinksTo: 10 },
      { title: 'Class', drop: 2 },
      { title: 'In total', drop: 5 },
      { title: 'Received', align: 'right' },
      { title: 'Sent', align: 'right' },
      { title: 'Total', align: 'right', drop: 3 },
      { title: 'Packets', align: 'right', drop: 1 },
      { title: 'Share', align: 'right', drop: 4 },
    ],
    rows.map((row) => [
      row.name,
      row.class ?? '',
      isMixed ? (counted.has(row.name) ? 'yes' : 'no') : '',
      ...usageCells(row),
      formatCount(row.txPackets + row.rxPackets),
      formatShare(row.txBytes + row.rxBytes, total.txBytes + total.rxBytes),
    ]),
    width,
  );
}
