// A row of the flow table as a value for people and stores. Cold: once a flow ends, or is shown.
import type { FlowRecord, FlowSideTotals } from '../api/events.js';
import {
  type FlowColumns,
  KEY_META,
  KEY_PORTS,
  KEY_WORDS,
  SIDE_A,
  SIDE_B,
  SIDE_UNKNOWN,
  SUM_BYTES,
  SUM_FIRST_US,
  SUM_LAST_US,
  SUM_PACKETS,
  SUMS,
} from '../flow/flow-columns.js';
import { addressText } from '../wire/address-text.js';
import { tunnelNames } from '../wire/tunnels.js';
import { communityId } from './community-id.js';
import type { FlowNotebook } from './flow-notes.js';
import type { NameCache } from './name-cache.js';

const TRANSPORTS: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp6', 132: 'sctp' };
const HAS_PORTS = new Set([6, 17, 33, 132, 136]);

export interface FlowNaming {
  readonly notebook: FlowNotebook;
  readonly names: NameCache;
  /** Name of an interface number; undefined for files without names. */
  interfaceName(interfaceId: number): string | undefined;
}

export const flowProtocolNumber = (columns: FlowColumns, flow: number): number =>
  columns.key[flow * KEY_WORDS + KEY_META]! & 0xff;

export const flowIpVersion = (columns: FlowColumns, flow: number): number =>
  (columns.key[flow * KEY_WORDS + KEY_META]! >>> 8) & 0xff;

export const transportName = (protocol: number): string => TRANSPORTS[protocol] ?? String(protocol);

export function flowAddress(columns: FlowColumns, flow: number, side: number): Uint8Array {
  const words = flowIpVersion(columns, flow) === 4 ? 1 : 4;
  const bytes = new Uint8Array(words * 4);
  const view = new DataView(bytes.buffer);
  const at = flow * KEY_WORDS + side * 4;
  for (let word = 0; word < words; word++) view.setUint32(word * 4, columns.key[at + word]!);
  return bytes;
}

export const flowAddressText = (columns: FlowColumns, flow: number, side: number): string =>
  addressText(flowAddress(columns, flow, side), 0, flowIpVersion(columns, flow));

export function flowPort(columns: FlowColumns, flow: number, side: number): number {
  const ports = columns.key[flow * KEY_WORDS + KEY_PORTS]!;
  return side === SIDE_A ? ports >>> 16 : ports & 0xffff;
}

export const flowHasPorts = (columns: FlowColumns, flow: number): boolean =>
  HAS_PORTS.has(flowProtocolNumber(columns, flow)) && columns.key[flow * KEY_WORDS + KEY_PORTS] !== 0;

/** Sixteen hex digits, unique in one run: row and generation. */
export const flowIdText = (columns: FlowColumns, flow: number): string =>
  columns.generation[flow]!.toString(16).padStart(8, '0') + flow.toString(16).padStart(8, '0');

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
  const hasCommunityId = flowHasPorts(columns, flow) && number !== 136;
  return {
    id: flowIdText(columns, flow),
    transport: transportName(number),
    client: sideTotals(columns, flow, clientSide),
    server,
    startUs: columns.sums[flow * SUMS + SUM_FIRST_US]!,
    endUs: columns.sums[flow * SUMS + SUM_LAST_US]!,
    ...(interfaceName === undefined ? {} : { interface: interfaceName }),
    ...(localSide === SIDE_UNKNOWN ? {} : { localSide: localSide === clientSide ? 'client' : 'server' }),
    ...(protocol === undefined ? {} : { protocol, protocolFrom: naming.notebook.evidenceOf(flow) }),
    ...(texts?.application === undefined ? {} : { application: texts.application }),
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
  };
}
