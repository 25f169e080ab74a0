// Pane 1: the kernel's own counters, one row an interface. Owns: its columns.
import { formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import type { LiveInterface } from '@kaipo/core/query/live-snapshot.js';
import { span } from '../canvas.js';
import { definePane, perSecond, volumeColumns } from '../pane.js';
import { interfaceSubject } from '../row-subject.js';

export const interfacesPane = definePane<LiveInterface>({
  id: 'interfaces',
  title: 'Interfaces',
  short: 'Ifaces',
  rows: (context) => context.rows.interfaces,
  keyOf: (link) => link.name,
  subjectOf: interfaceSubject,
  empty: () => 'no interfaces',
  columns: [
    {
      // The mark says whether packets are captured here; down interfaces are dim.
      title: 'name',
      width: 9,
      comfort: 14,
      grow: 1,
      max: 18,
      priority: 1,
      cell: (link, { glyphs, snapshot }) => {
        const mark = snapshot.rung === 'counters' ? '' : link.captured ? `${glyphs.on} ` : '  ';
        return span(mark + link.name, link.up ? (link.captured ? 'good' : 'text') : 'dim');
      },
      sortBy: (link) => link.name,
    },
    {
      title: 'state',
      width: 5,
      priority: 5,
      cell: (link) => (link.up ? span('up', 'good') : span('down', 'bad')),
      sortBy: (link) => (link.up ? 1 : 0),
    },
    ...volumeColumns<LiveInterface>(),
    {
      title: 'rx total',
      width: 8,
      align: 'right',
      priority: 4,
      cell: (link, { prefix }) => span(formatBytes(link.rxBytesTotal, prefix), 'dim'),
      sortBy: (link) => link.rxBytesTotal,
    },
    {
      title: 'tx total',
      width: 8,
      align: 'right',
      priority: 4,
      cell: (link, { prefix }) => span(formatBytes(link.txBytesTotal, prefix), 'dim'),
      sortBy: (link) => link.txBytesTotal,
    },
    {
      title: 'pkt/s',
      width: 7,
      align: 'right',
      priority: 6,
      cell: (link, context) => span(formatCount(perSecond(link.rxPackets + link.txPackets, context)), 'dim'),
      sortBy: (link) => link.rxPackets + link.txPackets,
    },
    {
      title: 'speed',
      width: 8,
      align: 'right',
      priority: 7,
      cell: (link) => span(formatSpeed(link.speedMbit), 'dim'),
      sortBy: (link) => link.speedMbit ?? 0,
    },
  ],
});

function formatSpeed(speedMbit: number | undefined): string {
  if (speedMbit === undefined || speedMbit <= 0) return '';
  return speedMbit >= 1000 ? `${speedMbit / 1000} Gb/s` : `${speedMbit} Mb/s`;
}
