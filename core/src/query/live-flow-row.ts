// A live flow as a row that is shown. Owns: its texts and fields. Cold: as many as a list has rows.
import { type FlowColumns, SUM_BYTES, SUM_FIRST_US, SUMS } from '../flow/flow-columns.js';
import { flowIdText } from '../flow/flow-text.js';
import { flowEnds } from './flow-ends.js';
import type { LiveFlow } from './live-snapshot.js';
import type { Movement } from './traffic-table.js';

/** What its texts are taken from. */
export interface FlowNames {
  protocolName(protocolId: number): string | undefined;
  serverName(flow: number): string | undefined;
  nameOf(ip: string): string | undefined;
  interfaceName(interfaceId: number): string | undefined;
}

/** `moved`: undefined when it rests. */
export function flowRow(
  columns: FlowColumns,
  flow: number,
  localSide: number,
  moved: Movement | undefined,
  app: string | undefined,
  names: FlowNames,
): LiveFlow {
  const ends = flowEnds(columns, flow, localSide);
  const sums = flow * SUMS + SUM_BYTES;
  const protocol = names.protocolName(columns.protocolId[flow]!);
  const serverName = names.serverName(flow) ?? names.nameOf(ends.remoteIp);
  const interfaceName = names.interfaceName(columns.interfaceId[flow]!);
  return {
    id: flowIdText(columns, flow),
    transport: ends.transport,
    local: { ip: ends.localIp, ...(ends.localPort === undefined ? {} : { port: ends.localPort }) },
    remote: { ip: ends.remoteIp, ...(ends.remotePort === undefined ? {} : { port: ends.remotePort }) },
    ...(interfaceName === undefined ? {} : { interface: interfaceName }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(app === undefined ? {} : { app }),
    startUs: columns.sums[flow * SUMS + SUM_FIRST_US]!,
    txBytes: moved?.txBytes ?? 0,
    rxBytes: moved?.rxBytes ?? 0,
    txPackets: moved?.txPackets ?? 0,
    rxPackets: moved?.rxPackets ?? 0,
    txBytesTotal: columns.sums[sums + localSide]!,
    rxBytesTotal: columns.sums[sums + 1 - localSide]!,
  };
}
