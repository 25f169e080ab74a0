// A row of the flow table as text and small values. Cold: once a flow ends, or is shown.
import { addressText } from '../wire/address-text.js';
import { type FlowColumns, flowAddressWord, KEY_META, KEY_PORTS, KEY_WORDS, SIDE_A } from './flow-columns.js';

const TRANSPORTS: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp6', 132: 'sctp' };
/** By IP protocol number. */
const HAS_PORTS = new Uint8Array(256);
for (const protocol of [6, 17, 33, 132, 136]) HAS_PORTS[protocol] = 1;

export const flowProtocolNumber = (columns: FlowColumns, flow: number): number =>
  columns.key[flow * KEY_WORDS + KEY_META]! & 0xff;

export const flowIpVersion = (columns: FlowColumns, flow: number): number =>
  (columns.key[flow * KEY_WORDS + KEY_META]! >>> 8) & 0xff;

/** IP protocols without ports that have a name worth showing (IANA protocol numbers). */
const LABELS: Readonly<Record<string, string>> = {
  2: 'igmp',
  4: 'ipip',
  41: '6in4',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  88: 'eigrp',
  89: 'ospf',
  94: 'ipip',
  97: 'etherip',
  103: 'pim',
  112: 'vrrp',
  115: 'l2tp',
};

/** What a row of protocols is called when nothing above the transport is known: "tcp", "igmp", "ip protocol 253". */
export const transportLabel = (transport: string): string =>
  LABELS[transport] ?? (/^\d+$/.test(transport) ? `ip protocol ${transport}` : transport);

const PROTOCOL_LABELS: string[] = [];

/** The transport label of the number of an IP protocol. */
export function protocolLabel(protocol: number): string {
  PROTOCOL_LABELS[protocol] ??= transportLabel(transportName(protocol));
  return PROTOCOL_LABELS[protocol];
}

export const transportName = (protocol: number): string => TRANSPORTS[protocol] ?? String(protocol);

/** Four or sixteen bytes, in `into` when that is given. */
export function flowAddress(columns: FlowColumns, flow: number, side: number, into?: Uint8Array): Uint8Array {
  const length = flowIpVersion(columns, flow) === 4 ? 4 : 16;
  const bytes = into ?? new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = flowAddressWord(columns, flow, side, i >> 2) >>> (24 - (i & 3) * 8);
  return bytes;
}

const scratch = new Uint8Array(16);

export const flowAddressText = (columns: FlowColumns, flow: number, side: number): string =>
  addressText(flowAddress(columns, flow, side, scratch), 0, flowIpVersion(columns, flow));

export function flowPort(columns: FlowColumns, flow: number, side: number): number {
  const ports = columns.key[flow * KEY_WORDS + KEY_PORTS]!;
  return side === SIDE_A ? ports >>> 16 : ports & 0xffff;
}

export const flowHasPorts = (columns: FlowColumns, flow: number): boolean =>
  HAS_PORTS[flowProtocolNumber(columns, flow)] === 1 && columns.key[flow * KEY_WORDS + KEY_PORTS] !== 0;

/** Sixteen hex digits, unique in one run: row and generation. */
export const flowIdText = (columns: FlowColumns, flow: number): string =>
  columns.generation[flow]!.toString(16).padStart(8, '0') + flow.toString(16).padStart(8, '0');
