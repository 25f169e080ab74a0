// The ends of a flow as this host sees them. Owns: which side is ours, and the texts, made once a flow.
import { SIDE_UNKNOWN } from '../flow/flow-columns.js';
import type { FlowTable } from '../flow/flow-table.js';
import { flowAddressText, flowHasPorts, flowPort, flowProtocolNumber, transportName } from '../flow/flow-text.js';
import type { Zone } from '../kernel/traffic-words.js';

export interface FlowEnds {
  readonly localSide: number;
  readonly localIp: string;
  readonly remoteIp: string;
  readonly localPort: number | undefined;
  readonly remotePort: number | undefined;
  readonly transport: string;
  /** Where the remote end is. */
  readonly zone: Zone;
}

/** What this host knows about addresses. */
export interface AddressKnowledge {
  isLocalAddress(ip: string): boolean;
  zoneOf(ip: string): Zone;
}

export function flowEnds({ columns }: FlowTable, flow: number, addresses: AddressKnowledge): FlowEnds {
  const texts = [flowAddressText(columns, flow, 0), flowAddressText(columns, flow, 1)] as const;
  const localSide = localSideOf(columns.localSide[flow]!, columns.clientSide[flow]!, texts, addresses);
  const hasPorts = flowHasPorts(columns, flow);
  const remoteIp = localSide === 0 ? texts[1] : texts[0];
  return {
    localSide,
    localIp: localSide === 0 ? texts[0] : texts[1],
    remoteIp,
    localPort: hasPorts ? flowPort(columns, flow, localSide) : undefined,
    remotePort: hasPorts ? flowPort(columns, flow, 1 - localSide) : undefined,
    transport: transportName(flowProtocolNumber(columns, flow)),
    zone: addresses.zoneOf(remoteIp),
  };
}

/** Of what this host says to itself, the client; else by the direction of the first packet; else by our own addresses. */
function localSideOf(
  side: number,
  clientSide: number,
  texts: readonly [string, string],
  addresses: AddressKnowledge,
): number {
  const isA = addresses.isLocalAddress(texts[0]);
  const isB = addresses.isLocalAddress(texts[1]);
  if (isA && isB) return clientSide;
  if (side !== SIDE_UNKNOWN) return side;
  return isA === isB ? clientSide : isA ? 0 : 1;
}
