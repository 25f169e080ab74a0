// Pane 4: remote hosts, by name where one is known. Owns: its columns.
import type { LiveHost } from '@kaipo/core/query/live-snapshot.js';
import { span } from '../canvas.js';
import { definePane, totalColumn, volumeColumns } from '../pane.js';
import { hostSubject } from '../row-subject.js';

/** Beyond the local networks the network it is in; within, what the device says of itself and who made it. */
function belongsTo({ network, asn, device, name }: LiveHost): string {
  if (device !== undefined)
    return [device.name === name ? undefined : device.name, device.vendor].filter(Boolean).join(', ');
  return network ?? (asn === undefined ? '' : `AS${asn}`);
}

export const hostsPane = definePane<LiveHost>({
  id: 'hosts',
  title: 'Hosts',
  short: 'Hosts',
  rows: (context) => context.rows.hosts,
  keyOf: (host) => host.ip,
  subjectOf: hostSubject,
  empty: () => 'no packets in this interval',
  columns: [
    {
      title: 'host',
      width: 12,
      comfort: 24,
      grow: 3,
      max: 60,
      priority: 1,
      cell: (host, { names }) => (names ? (host.name ?? host.ip) : host.ip),
      sortBy: (host) => host.name ?? host.ip,
    },
    {
      title: 'address',
      width: 16,
      grow: 1,
      max: 40,
      priority: 6,
      present: (host) => host.name !== undefined,
      cell: (host, { names }) => span(names && host.name !== undefined ? host.ip : '', 'dim'),
      sortBy: (host) => host.ip,
    },
    {
      title: 'cc',
      width: 2,
      priority: 7,
      present: (host) => host.country !== undefined,
      cell: (host) => span(host.country ?? '', 'dim'),
      sortBy: (host) => host.country ?? '',
    },
    {
      title: 'network, device',
      width: 14,
      grow: 1,
      max: 32,
      priority: 8,
      present: (host) => belongsTo(host) !== '',
      cell: (host) => span(belongsTo(host), 'dim'),
      sortBy: belongsTo,
    },
    {
      title: 'flows',
      width: 5,
      align: 'right',
      priority: 4,
      cell: (host) => span(String(host.flows), 'dim'),
      sortBy: (host) => host.flows,
    },
    ...volumeColumns<LiveHost>(),
    totalColumn<LiveHost>(5),
  ],
});
