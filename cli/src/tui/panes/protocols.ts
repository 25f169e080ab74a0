// Pane 5: protocols, and their part of all bytes. Owns: its columns.
import type { LiveProtocol } from '@kaipo/core/query/live-snapshot.js';
import { span } from '../canvas.js';
import { definePane, totalColumn, type ViewContext, volumeColumns } from '../pane.js';
import { protocolSubject } from '../row-subject.js';

export const protocolsPane = definePane<LiveProtocol>({
  id: 'protocols',
  title: 'Protocols',
  short: 'Proto',
  rows: (context) => context.rows.protocols,
  keyOf: (protocol) => protocol.name,
  subjectOf: protocolSubject,
  empty: () => 'no packets in this interval',
  columns: [
    {
      title: 'protocol',
      width: 8,
      grow: 1,
      max: 24,
      priority: 1,
      cell: (protocol) => protocol.name,
      sortBy: (protocol) => protocol.name,
    },
    {
      title: 'share',
      width: 5,
      align: 'right',
      priority: 4,
      cell: (protocol, context) => span(`${Math.round(share(protocol, context) * 100)} %`, 'dim'),
      sortBy: (protocol) => protocol.rxBytes + protocol.txBytes,
    },
    {
      title: 'flows',
      width: 5,
      align: 'right',
      priority: 5,
      cell: (protocol) => span(String(protocol.flows), 'dim'),
      sortBy: (protocol) => protocol.flows,
    },
    ...volumeColumns<LiveProtocol>(),
    totalColumn<LiveProtocol>(6),
  ],
});

function share(protocol: LiveProtocol, { snapshot, mode }: ViewContext): number {
  const of = (row: LiveProtocol): number =>
    mode === 'total' ? row.rxBytesTotal + row.txBytesTotal : row.rxBytes + row.txBytes;
  let all = 0;
  for (const row of snapshot.protocols) all += of(row);
  return all === 0 ? 0 : of(protocol) / all;
}
