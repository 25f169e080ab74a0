// The health of a flow as a value. Cold: once a flow ends, or is shown.
import type { FlowHealth } from '../api/events.js';
import type { FlowHealthColumns } from '../flow/flow-health.js';

/** Undefined when nothing was measured and nothing went wrong. */
export function healthRecord(columns: FlowHealthColumns, flow: number, clientSide: number): FlowHealth | undefined {
  const client = flow * 2 + clientSide;
  const server = client ^ 1;
  const fields: [keyof FlowHealth, number][] = [
    ['serverHandshakeUs', columns.handshakeUs[server]!],
    ['clientHandshakeUs', columns.handshakeUs[client]!],
    ['serverRttUs', columns.leastRttUs[server]!],
    ['clientRttUs', columns.leastRttUs[client]!],
    ['serverLastRttUs', columns.lastRttUs[server]!],
    ['clientLastRttUs', columns.lastRttUs[client]!],
    ['clientRetransmits', columns.retransmits[client]!],
    ['serverRetransmits', columns.retransmits[server]!],
    ['resets', columns.resets[client]! + columns.resets[server]!],
    ['clientZeroWindows', columns.zeroWindows[client]!],
    ['serverZeroWindows', columns.zeroWindows[server]!],
  ];
  const measured = fields.filter(([, value]) => value > 0);
  return measured.length === 0 ? undefined : Object.fromEntries(measured);
}
