// Interfaces as rows: what the kernel counted on each. Owns their fields and their table.
import { formatCount } from '@kaipo/core/kernel/units.js';
import type { HistoryRow } from '@kaipo/core/query/history.js';
import type { SeriesSums } from '@kaipo/core/store/interval-record.js';
import { formatShare } from '../report/report-notes.js';
import { fittedTable } from './fitted-table.js';
import { usageCells, usageFields } from './usage-fields.js';

export function interfaceRecord(row: HistoryRow): object {
  return { interface: row.name, ...(row.class !== undefined && { class: row.class }), ...usageFields(row) };
}

/** Shares are of the total, in which every byte is once: those of a VPN and of the card below it may pass 100 %. */
export function interfacesTable(
  rows: readonly HistoryRow[],
  total: Pick<SeriesSums, 'txBytes' | 'rxBytes'>,
  width: number | undefined,
): string {
  return fittedTable(
    [
      { title: 'Interface', shrinksTo: 10 },
      { title: 'Class', drop: 2 },
      { title: 'Received', align: 'right' },
      { title: 'Sent', align: 'right' },
      { title: 'Total', align: 'right', drop: 3 },
      { title: 'Packets', align: 'right', drop: 1 },
      { title: 'Share', align: 'right', drop: 4 },
    ],
    rows.map((row) => [
      row.name,
      row.class ?? '',
      ...usageCells(row),
      formatCount(row.txPackets + row.rxPackets),
      formatShare(row.txBytes + row.rxBytes, total.txBytes + total.rxBytes),
    ]),
    width,
  );
}
