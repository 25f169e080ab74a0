// How closed flows are read by a filter. Owns: which field of a flow record is which field of the language.
import type { FlowRecord, FlowSideTotals } from '../../api/events.js';
import { flowZone } from '../flow-zone.js';
import type { FieldReaders } from './traffic-filter.js';

/** Of a capture file nobody says which side is ours: the client is taken for it, as in every table. */
const ours = ({ client, server, localSide }: FlowRecord): FlowSideTotals => (localSide === 'server' ? server : client);
const theirs = ({ client, server, localSide }: FlowRecord): FlowSideTotals =>
  localSide === 'server' ? client : server;
const bytesOf = ({ client, server }: FlowRecord): number => client.bytes + server.bytes;
const secondsOf = ({ startUs, endUs }: FlowRecord): number => (endUs - startUs) / 1e6;
const seconds = (us: number | undefined): number | undefined => (us === undefined ? undefined : us / 1e6);

export const FLOW_RECORD_FIELDS: FieldReaders<FlowRecord> = {
  app: ({ owner }) => owner?.app,
  host: (flow) => [flow.serverName, theirs(flow).ip],
  local: (flow) => ours(flow).ip,
  port: ({ client, server }) => [client.port, server.port],
  proto: ({ protocol, transport }) => [protocol, transport],
  bytes: bytesOf,
  rx: (flow) => theirs(flow).bytes,
  tx: (flow) => ours(flow).bytes,
  // What took no time went by at once: as if in a millisecond.
  rate: (flow) => bytesOf(flow) / Math.max(0.001, secondsOf(flow)),
  country: ({ serverCountry }) => serverCountry,
  as: ({ serverAsn, serverNetwork }) => [
    serverAsn,
    serverAsn === undefined ? undefined : `AS${serverAsn}`,
    serverNetwork,
  ],
  zone: flowZone,
  quality: ({ owner }) => owner?.quality ?? 'unknown',
  service: ({ application }) => application,
  category: ({ category }) => category,
  user: ({ owner }) => owner?.user,
  pid: ({ owner }) => owner?.pid,
  unit: ({ owner }) => owner?.unit,
  container: ({ owner }) => owner?.container,
  iface: (flow) => flow.interface,
  family: ({ client }) => (client.ip.includes(':') ? 'ipv6' : 'ipv4'),
  dir: ({ localSide }) => (localSide === 'server' ? 'in' : 'out'),
  age: secondsOf,
  packets: ({ client, server }) => client.packets + server.packets,
  rtt: ({ health }) => [seconds(health?.serverRttUs), seconds(health?.clientRttUs)],
  retrans: ({ health }) => (health?.clientRetransmits ?? 0) + (health?.serverRetransmits ?? 0),
  tls: ({ tlsVersion }) => tlsVersion,
  ja4: ({ ja4 }) => ja4,
  vendor: ({ deviceVendor }) => deviceVendor,
};
