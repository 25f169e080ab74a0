// The ends of a flow as texts, for rows that are shown. Cold: some flows an interval.
import type { FlowColumns } from '../flow/flow-columns.js';
import { flowAddressText, flowHasPorts, flowPort, flowProtocolNumber, transportName } from '../flow/flow-text.js';

export interface FlowEnds {
  readonly localIp: string;
  readonly remoteIp: string;
  readonly localPort: number | undefined;
  readonly remotePort: number | undefined;
  readonly transport: string;
}

export function flowEnds(columns: FlowColumns, flow: number, localSide: number): FlowEnds {
  const hasPorts = flowHasPorts(columns, flow);
  return {
    localIp: flowAddressText(columns, flow, localSide),
    remoteIp: flowAddressText(columns, flow, 1 - localSide),
    localPort: hasPorts ? flowPort(columns, flow, localSide) : undefined,
    remotePort: hasPorts ? flowPort(columns, flow, 1 - localSide) : undefined,
    transport: transportName(flowProtocolNumber(columns, flow)),
  };
}
