// How rows of a live view are read by a filter. Owns: which field of which row is which field of the language. A field that is absent is
// one such rows cannot tell: then their flows are asked (live-filter.ts).
import type { AlertRaised, DnsAnswered, DnsAsked } from '../../api/events.js';
import type {
  LiveApp,
  LiveFlow,
  LiveHost,
  LiveInterface,
  LivePlace,
  LiveProcess,
  LiveProtocol,
  SumsRow,
  TrafficRow,
} from '../live-snapshot.js';
import type { FieldReaders, FieldValue } from './traffic-filter.js';

/** A row, and the interval it is of. One object for all rows of a kind: a filter is put to 10,000 of them. */
export interface InInterval<Row> {
  row: Row;
  readonly tsUs: number;
  readonly intervalUs: number;
}

type Readers<Row> = FieldReaders<InInterval<Row>>;

const seconds = (us: number): number => us / 1e6;
const familyOf = (ip: string): string | undefined =>
  /^[\d.]+$/.test(ip) ? 'ipv4' : ip.includes(':') ? 'ipv6' : undefined;
const placeAs = ({ asn, network }: LivePlace): FieldValue => [asn, asn === undefined ? undefined : `AS${asn}`, network];
const ageOf = (sinceUs: number | undefined, tsUs: number): number | undefined =>
  sinceUs === undefined ? undefined : seconds(Math.max(0, tsUs - sinceUs));

/** Bytes are those since the row was first seen; rate and packets are those of the interval. */
const TRAFFIC: Readers<TrafficRow> = {
  bytes: ({ row }) => row.txBytesTotal + row.rxBytesTotal,
  rx: ({ row }) => row.rxBytesTotal,
  tx: ({ row }) => row.txBytesTotal,
  rate: ({ row, intervalUs }) => (row.txBytes + row.rxBytes) / Math.max(0.001, seconds(intervalUs)),
  packets: ({ row }) => row.txPackets + row.rxPackets,
};

const SUMS: Readers<SumsRow> = {
  ...TRAFFIC,
  flows: ({ row }) => row.flows,
  age: ({ row, tsUs }) => ageOf(row.sinceUs, tsUs),
};

export const LIVE_FLOW_FIELDS: Readers<LiveFlow> = {
  ...TRAFFIC,
  // Of a picture of the past it may not be known what a flow moved in the interval.
  rate: (asked) => (asked.row.movedUnknown === true ? undefined : TRAFFIC['rate']!(asked)),
  packets: (asked) => (asked.row.movedUnknown === true ? undefined : TRAFFIC['packets']!(asked)),
  app: ({ row }) => row.app,
  host: ({ row }) => [row.serverName, row.remote.ip],
  local: ({ row }) => row.local.ip,
  port: ({ row }) => [row.local.port, row.remote.port],
  proto: ({ row }) => [row.protocol, row.transport],
  country: ({ row }) => row.country,
  as: ({ row }) => placeAs(row),
  zone: ({ row }) => row.zone,
  quality: ({ row }) => row.quality ?? 'unknown',
  service: ({ row }) => row.service,
  category: ({ row }) => row.category,
  user: ({ row }) => row.user,
  pid: ({ row }) => row.pid,
  unit: ({ row }) => row.unit,
  container: ({ row }) => row.container,
  iface: ({ row }) => row.interface,
  family: ({ row }) => familyOf(row.remote.ip),
  dir: ({ row }) => row.direction,
  age: ({ row, tsUs }) => ageOf(row.startUs, tsUs),
  rtt: ({ row }) => (row.rttUs === undefined ? undefined : seconds(row.rttUs)),
  retrans: ({ row }) => row.retransmits ?? 0,
  tls: ({ row }) => row.tlsVersion,
  ja4: ({ row }) => row.ja4,
  vendor: ({ row }) => row.vendor,
};

const OWNER: Readers<LiveApp> = {
  ...SUMS,
  app: ({ row }) => row.app,
  quality: ({ row }) => row.quality,
  user: ({ row }) => row.user,
  unit: ({ row }) => row.unit,
  container: ({ row }) => row.container,
};

/** Which processes, services and hosts it has to do with, its flows tell. */
export const LIVE_APP_FIELDS: Readers<LiveApp> = OWNER;

export const LIVE_PROCESS_FIELDS: Readers<LiveProcess> = {
  ...OWNER,
  pid: ({ row }) => row.pid,
  age: ({ row, tsUs }) => ageOf(row.startUs ?? row.sinceUs, tsUs),
};

export const LIVE_HOST_FIELDS: Readers<LiveHost> = {
  ...SUMS,
  host: ({ row }) => [row.name, row.ip, row.device?.name],
  zone: ({ row }) => row.zone,
  country: ({ row }) => row.country,
  as: ({ row }) => placeAs(row),
  family: ({ row }) => familyOf(row.ip),
  vendor: ({ row }) => row.device?.vendor,
};

export const LIVE_PROTOCOL_FIELDS: Readers<LiveProtocol> = { ...SUMS, proto: ({ row }) => row.name };

export const LIVE_INTERFACE_FIELDS: Readers<LiveInterface> = { ...TRAFFIC, iface: ({ row }) => row.name };

export const LIVE_DNS_FIELDS: Readers<DnsAsked | DnsAnswered> = {
  name: ({ row }) => row.name,
  type: ({ row }) => row.qtype,
  proto: ({ row }) => [row.protocol, 'udp'],
  rcode: ({ row }) => (row.kind === 'dns.answered' ? row.rcode : undefined),
  answer: ({ row }) => (row.kind === 'dns.answered' ? row.answers : undefined),
  local: ({ row }) => row.client.ip,
  host: ({ row }) => row.name,
  port: ({ row }) => [row.client.port, row.server.port],
  family: ({ row }) => familyOf(row.client.ip),
  age: ({ row, tsUs }) => ageOf(row.tsUs, tsUs),
};

export const LIVE_ALERT_FIELDS: Readers<AlertRaised> = {
  severity: ({ row }) => row.severity,
  rule: ({ row }) => row.rule,
  host: ({ row }) => row.subject,
  age: ({ row, tsUs }) => ageOf(row.tsUs, tsUs),
};
