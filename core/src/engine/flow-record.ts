// A row of the flow table as a value for people and stores. Cold: once a flow ends, or is shown.
import type { Place } from '../api/classifier.js';
import type { FlowRecord, FlowSideTotals } from '../api/events.js';
import {
  type FlowColumns,
  SIDE_A,
  SIDE_B,
  SIDE_UNKNOWN,
  SUM_BYTES,
  SUM_FIRST_US,
  SUM_LAST_US,
  SUM_PACKETS,
  SUMS,
} from '../flow/flow-columns.js';
import type { FlowHealthColumns } from '../flow/flow-health.js';
import {
  flowAddress,
  flowAddressText,
  flowHasPorts,
  flowIdText,
  flowIpVersion,
  flowPort,
  flowProtocolNumber,
  transportName,
} from '../flow/flow-text.js';
import type { Mutable } from '../kernel/mutable.js';
import { safeText } from '../kernel/safe-text.js';
import { tunnelNames } from '../wire/tunnels.js';
import { communityId } from './community-id.js';
import type { Device } from './device-book.js';
import type { FlowNotebook } from './flow-notes.js';
import { healthRecord } from './health-record.js';
import type { NameCache } from './name-cache.js';

export interface FlowNaming {
  readonly notebook: FlowNotebook;
  readonly names: NameCache;
  readonly health: FlowHealthColumns;
  /** Name of an interface number; undefined for files without names. */
  interfaceName(interfaceId: number): string | undefined;
  deviceOf(ip: string): Device | undefined;
  placeOf(ip: string): Place | undefined;
}

const TCP = 6;
const UDP_LITE = 136;

/** A flow none of whose packets has a time stamp began and ended at 0. */
const timeOf = (us: number): number => (Number.isFinite(us) ? us : 0);

function sideTotals(columns: FlowColumns, flow: number, side: number): FlowSideTotals {
  const sums = flow * SUMS;
  const ip = flowAddressText(columns, flow, side);
  const packets = columns.sums[sums + SUM_PACKETS + side]!;
  const bytes = columns.sums[sums + SUM_BYTES + side]!;
  return flowHasPorts(columns, flow)
    ? { ip, port: flowPort(columns, flow, side), packets, bytes }
    : { ip, packets, bytes };
}

/** Fields are set one by one, not spread together: this is done for every flow that ends. */
export function flowRecord(columns: FlowColumns, flow: number, naming: FlowNaming): FlowRecord {
  const clientSide = columns.clientSide[flow]!;
  const transport = flowProtocolNumber(columns, flow);
  const record: Mutable<FlowRecord> = {
    id: flowIdText(columns, flow),
    transport: transportName(transport),
    client: sideTotals(columns, flow, clientSide),
    server: sideTotals(columns, flow, 1 - clientSide),
    startUs: timeOf(columns.sums[flow * SUMS + SUM_FIRST_US]!),
    endUs: timeOf(columns.sums[flow * SUMS + SUM_LAST_US]!),
  };
  const interfaceName = naming.interfaceName(columns.interfaceId[flow]!);
  if (interfaceName !== undefined) record.interface = interfaceName;
  const localSide = columns.localSide[flow]!;
  if (localSide !== SIDE_UNKNOWN) record.localSide = localSide === clientSide ? 'client' : 'server';
  const protocol = naming.notebook.protocolName(columns.protocolId[flow]!);
  if (protocol !== undefined) {
    record.protocol = protocol;
    record.protocolFrom = naming.notebook.evidenceOf(flow);
  }
  setTexts(record, flow, naming);
  if (columns.tunnels[flow] !== 0) record.tunnel = tunnelNames(columns.tunnels[flow]!);
  if (flowHasPorts(columns, flow) && transport !== UDP_LITE)
    record.communityId = communityIdOf(columns, flow, transport);
  const health = transport === TCP ? healthRecord(naming.health, flow, clientSide) : undefined;
  if (health !== undefined) record.health = health;
  const place = naming.placeOf(record.server.ip);
  if (place?.asn !== undefined) record.serverAsn = place.asn;
  if (place?.network !== undefined) record.serverNetwork = safeText(place.network);
  if (place?.country !== undefined) record.serverCountry = safeText(place.country);
  return record;
}

/** What analyzers have said of the flow; without a name, the one its server was last looked up by. */
function setTexts(record: Mutable<FlowRecord>, flow: number, naming: FlowNaming): void {
  const texts = naming.notebook.textsOf(flow);
  if (texts?.application !== undefined) record.application = texts.application;
  if (texts?.category !== undefined) record.category = texts.category;
  if (texts?.details !== undefined) Object.assign(record, texts.details);
  const serverName = texts?.serverName ?? naming.names.nameOf(record.server.ip);
  if (serverName !== undefined) {
    record.serverName = serverName;
    record.serverNameFrom = texts?.serverName === undefined ? 'dns' : (texts.serverNameFrom ?? 'dns');
  }
  if (texts?.owner !== undefined) record.owner = texts.owner;
  const device = naming.deviceOf(record.client.ip);
  if (device?.name !== undefined) record.deviceName ??= device.name;
  if (device?.vendor !== undefined) record.deviceVendor ??= device.vendor;
}

const lowAddress = new Uint8Array(16);
const highAddress = new Uint8Array(16);
const low4 = lowAddress.subarray(0, 4);
const high4 = highAddress.subarray(0, 4);

function communityIdOf(columns: FlowColumns, flow: number, transport: number): string {
  const length = flowIpVersion(columns, flow) === 4 ? 4 : 16;
  const a = length === 4 ? low4 : lowAddress;
  const b = length === 4 ? high4 : highAddress;
  flowAddress(columns, flow, SIDE_A, a);
  flowAddress(columns, flow, SIDE_B, b);
  return communityId(a, flowPort(columns, flow, SIDE_A), b, flowPort(columns, flow, SIDE_B), transport);
}
