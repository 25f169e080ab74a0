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
  flowPort,
  flowProtocolNumber,
  transportName,
} from '../flow/flow-text.js';
import { safeText } from '../kernel/safe-text.js';
import { tunnelNames } from '../wire/tunnels.js';
import { communityId } from './community-id.js';
import type { FlowNotebook } from './flow-notes.js';
import { healthRecord } from './health-record.js';
import type { NameCache } from './name-cache.js';

export interface FlowNaming {
  readonly notebook: FlowNotebook;
  readonly names: NameCache;
  readonly health: FlowHealthColumns;
  /** Name of an interface number; undefined for files without names. */
  interfaceName(interfaceId: number): string | undefined;
  placeOf(ip: string): Place | undefined;
}

const TCP = 6;

/** A flow none of whose packets has a time stamp began and ended at 0. */
const timeOf = (us: number): number => (Number.isFinite(us) ? us : 0);

function sideTotals(columns: FlowColumns, flow: number, side: number): FlowSideTotals {
  const sums = flow * SUMS;
  return {
    ip: flowAddressText(columns, flow, side),
    ...(flowHasPorts(columns, flow) ? { port: flowPort(columns, flow, side) } : {}),
    packets: columns.sums[sums + SUM_PACKETS + side]!,
    bytes: columns.sums[sums + SUM_BYTES + side]!,
  };
}

export function flowRecord(columns: FlowColumns, flow: number, naming: FlowNaming): FlowRecord {
  const clientSide = columns.clientSide[flow]!;
  const localSide = columns.localSide[flow]!;
  const protocol = naming.notebook.protocolName(columns.protocolId[flow]!);
  const texts = naming.notebook.textsOf(flow);
  const server = sideTotals(columns, flow, 1 - clientSide);
  const cached = texts?.serverName === undefined ? naming.names.nameOf(server.ip) : undefined;
  const interfaceName = naming.interfaceName(columns.interfaceId[flow]!);
  const number = flowProtocolNumber(columns, flow);
  const health = number === TCP ? healthRecord(naming.health, flow, clientSide) : undefined;
  const place = naming.placeOf(server.ip);
  const hasCommunityId = flowHasPorts(columns, flow) && number !== 136;
  return {
    id: flowIdText(columns, flow),
    transport: transportName(number),
    client: sideTotals(columns, flow, clientSide),
    server,
    startUs: timeOf(columns.sums[flow * SUMS + SUM_FIRST_US]!),
    endUs: timeOf(columns.sums[flow * SUMS + SUM_LAST_US]!),
    ...(interfaceName === undefined ? {} : { interface: interfaceName }),
    ...(localSide === SIDE_UNKNOWN ? {} : { localSide: localSide === clientSide ? 'client' : 'server' }),
    ...(protocol === undefined ? {} : { protocol, protocolFrom: naming.notebook.evidenceOf(flow) }),
    ...(texts?.application === undefined ? {} : { application: texts.application }),
    ...(texts?.category === undefined ? {} : { category: texts.category }),
    ...texts?.details,
    ...(texts?.serverName === undefined
      ? cached === undefined
        ? {}
        : { serverName: cached, serverNameFrom: 'dns' as const }
      : { serverName: texts.serverName, serverNameFrom: texts.serverNameFrom ?? 'dns' }),
    ...(columns.tunnels[flow] === 0 ? {} : { tunnel: tunnelNames(columns.tunnels[flow]!) }),
    ...(hasCommunityId
      ? {
          communityId: communityId(
            flowAddress(columns, flow, SIDE_A),
            flowPort(columns, flow, SIDE_A),
            flowAddress(columns, flow, SIDE_B),
            flowPort(columns, flow, SIDE_B),
            number,
          ),
        }
      : {}),
    ...(texts?.owner === undefined ? {} : { owner: texts.owner }),
    ...(health === undefined ? {} : { health }),
    ...(place?.asn === undefined ? {} : { serverAsn: place.asn }),
    ...(place?.network === undefined ? {} : { serverNetwork: safeText(place.network) }),
    ...(place?.country === undefined ? {} : { serverCountry: safeText(place.country) }),
  };
}
