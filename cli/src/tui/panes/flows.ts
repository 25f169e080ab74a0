// Pane 3: conversations, from this host's side. Owns: its columns.
import { formatCount } from '@kaipo/core/kernel/units.js';
import type { LiveFlow } from '@kaipo/core/query/live-snapshot.js';
import { span } from '../canvas.js';
import { definePane, totalColumn, volumeColumns } from '../pane.js';
import { flowSubject } from '../row-subject.js';

export const flowsPane = definePane<LiveFlow>({
  id: 'flows',
  title: 'Flows',
  short: 'Flows',
  rows: (context) => context.rows.flows,
  keyOf: (flow) => flow.id,
  subjectOf: flowSubject,
  empty: () => 'no packets in this interval',
  info: ({ snapshot }) => {
    const { active, refused, evicted } = snapshot.flowTable;
    if (refused > 0) return span(`table full: ${formatCount(refused)} refused`, 'bad');
    if (evicted > 0) return span(`${formatCount(evicted)} unanswered made room`, 'warn');
    return active > 0 ? span(`${formatCount(active)} active`, 'dim') : undefined;
  },
  columns: [
    {
      title: 'local',
      width: 18,
      grow: 1,
      max: 46,
      priority: 6,
      cell: (flow) => span(endpointText(flow.local.ip, flow.local.port), 'dim'),
      sortBy: (flow) => flow.local.ip,
    },
    {
      title: 'remote',
      width: 14,
      comfort: 26,
      grow: 4,
      max: 64,
      priority: 1,
      cell: (flow, { names }) =>
        endpointText((names ? flow.serverName : undefined) ?? flow.remote.ip, flow.remote.port),
      sortBy: (flow) => flow.serverName ?? flow.remote.ip,
    },
    {
      title: 'address',
      width: 16,
      grow: 1,
      max: 40,
      priority: 9,
      present: (flow) => flow.serverName !== undefined,
      cell: (flow, { names }) => span(names && flow.serverName !== undefined ? flow.remote.ip : '', 'dim'),
      sortBy: (flow) => flow.remote.ip,
    },
    {
      title: 'protocol',
      width: 9,
      grow: 0.5,
      max: 12,
      priority: 4,
      cell: (flow) => protocolText(flow.transport, flow.protocol),
      sortBy: (flow) => protocolText(flow.transport, flow.protocol),
    },
    {
      title: 'application',
      width: 11,
      grow: 1,
      max: 24,
      priority: 5,
      present: (flow) => flow.app !== undefined,
      cell: (flow) => flow.app ?? '',
      sortBy: (flow) => flow.app ?? '',
    },
    {
      title: 'service',
      width: 9,
      grow: 0.5,
      max: 16,
      priority: 11,
      present: (flow) => flow.service !== undefined,
      cell: (flow) => flow.service ?? '',
      sortBy: (flow) => flow.service ?? '',
    },
    {
      title: 'cc',
      width: 2,
      priority: 12,
      present: (flow) => flow.country !== undefined,
      cell: (flow) => span(flow.country ?? '', 'dim'),
      sortBy: (flow) => flow.country ?? '',
    },
    {
      title: 'rtt',
      width: 6,
      align: 'right',
      priority: 13,
      present: (flow) => flow.rttUs !== undefined,
      cell: (flow) => span(rttText(flow.rttUs), 'dim'),
      sortBy: (flow) => flow.rttUs ?? 0,
    },
    {
      title: 'iface',
      width: 6,
      grow: 0.5,
      max: 15,
      priority: 10,
      cell: (flow) => span(flow.interface ?? '', 'dim'),
      sortBy: (flow) => flow.interface ?? '',
    },
    {
      title: 'age',
      width: 5,
      align: 'right',
      priority: 8,
      cell: (flow, { snapshot }) => span(ageText(snapshot.tsUs - flow.startUs), 'dim'),
      sortBy: (flow, { snapshot }) => snapshot.tsUs - flow.startUs,
    },
    ...volumeColumns<LiveFlow>(({ movedUnknown }) => movedUnknown === true),
    totalColumn<LiveFlow>(7),
  ],
});

/** Microseconds as `40 µs`, `2.3 ms`, `23 ms`, `1.2 s`; at most six columns. */
function rttText(rttUs: number | undefined): string {
  if (rttUs === undefined) return '';
  if (rttUs < 1000) return `${Math.round(rttUs)} µs`;
  if (rttUs < 9950) return `${(rttUs / 1000).toFixed(1)} ms`;
  return rttUs < 999_500 ? `${Math.round(rttUs / 1000)} ms` : `${(rttUs / 1e6).toFixed(1)} s`;
}

/** `name:443`, `[2001:db8::1]:443`, or the address alone. */
export function endpointText(host: string, port: number | undefined): string {
  if (port === undefined) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `tls`, or `udp quic` where the transport is not the usual one, or the transport alone. */
export function protocolText(transport: string, protocol: string | undefined): string {
  if (protocol === undefined) return transport;
  return transport === 'tcp' ? protocol : `${transport} ${protocol}`;
}

/** Microseconds as `59s`, `59m`, `23h`, `99d`. */
export function ageText(ageUs: number): string {
  const seconds = Math.max(0, Math.floor(ageUs / 1e6));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
