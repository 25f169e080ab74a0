// The tables of an export: which columns each has, under the names people of usage trackers know (timestamp, device_id,
// bytes_sent, bytes_received, total_bytes). Owns names, order and types; CSV and Parquet have the same.
import type { SeriesKind } from '@kaipo/core/store/series-kind.js';

export const EXPORT_TABLES = ['totals', 'apps', 'hosts', 'protocols', 'interfaces', 'flows', 'dns'] as const;
export type ExportTable = (typeof EXPORT_TABLES)[number];

export interface ExportColumn {
  readonly name: string;
  /** The field of a row. */
  readonly field: string;
  /** `time`: seconds since the epoch in rows, ISO 8601 in CSV, a timestamp in Parquet. `count`: a whole number. `device`: the same in every row. */
  readonly type: 'time' | 'count' | 'real' | 'text' | 'device';
}

export type ExportRow = Readonly<Record<string, unknown>>;

const column = (name: string, type: ExportColumn['type'], field = name): ExportColumn => ({ name, type, field });

const STEP_HEAD = [column('timestamp', 'time', 'from'), column('device_id', 'device')];
const BYTES = [
  column('bytes_sent', 'count', 'txBytes'),
  column('bytes_received', 'count', 'rxBytes'),
  column('total_bytes', 'count', 'totalBytes'),
  column('packets_sent', 'count', 'txPackets'),
  column('packets_received', 'count', 'rxPackets'),
];
const FLOWS = column('flows', 'count');
const named = (...names: readonly ExportColumn[]): readonly ExportColumn[] => [...STEP_HEAD, ...names, ...BYTES, FLOWS];

export const EXPORT_COLUMNS: Readonly<Record<ExportTable, readonly ExportColumn[]>> = {
  totals: [
    ...STEP_HEAD,
    ...BYTES,
    column('end', 'time', 'to'),
    column('recorded_seconds', 'real', 'recordedSeconds'),
    column('caught_up_bytes', 'count', 'caughtUpBytes'),
  ],
  apps: named(
    column('app', 'text'),
    column('exe', 'text'),
    column('user', 'text'),
    column('unit', 'text'),
    column('container', 'text'),
  ),
  hosts: named(column('host', 'text')),
  protocols: named(column('protocol', 'text')),
  interfaces: [...STEP_HEAD, column('interface', 'text'), column('class', 'text'), ...BYTES],
  flows: [
    column('timestamp', 'time', 'start'),
    column('device_id', 'device'),
    column('end', 'time'),
    column('transport', 'text'),
    column('client_ip', 'text', 'clientIp'),
    column('client_port', 'count', 'clientPort'),
    column('client_bytes', 'count', 'clientBytes'),
    column('client_packets', 'count', 'clientPackets'),
    column('server_ip', 'text', 'serverIp'),
    column('server_port', 'count', 'serverPort'),
    column('server_bytes', 'count', 'serverBytes'),
    column('server_packets', 'count', 'serverPackets'),
    column('server_name', 'text', 'serverName'),
    column('protocol', 'text'),
    column('application', 'text'),
    column('app', 'text'),
    column('pid', 'count'),
    column('interface', 'text'),
  ],
  dns: [
    column('timestamp', 'time', 'ts'),
    column('device_id', 'device'),
    column('name', 'text'),
    column('qtype', 'text'),
    column('rcode', 'text'),
    column('client_ip', 'text', 'clientIp'),
    column('answers', 'text'),
  ],
};

/** The kinds of series behind the tables by name, and the field that holds the name. */
export const SERIES_TABLES: Readonly<Partial<Record<ExportTable, readonly [SeriesKind, string]>>> = {
  apps: ['app', 'app'],
  hosts: ['host', 'host'],
  protocols: ['protocol', 'protocol'],
  interfaces: ['interface', 'interface'],
};

/** `type` of a row in NDJSON. */
export const ROW_TYPES: Readonly<Record<ExportTable, string>> = {
  totals: 'total',
  apps: 'app',
  hosts: 'host',
  protocols: 'protocol',
  interfaces: 'interface',
  flows: 'flow',
  dns: 'dns',
};
