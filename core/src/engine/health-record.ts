// The health of a flow as a value. Cold: once a flow ends, or is shown.
import type { FlowHealth } from '../api/events.js';
import type { FlowHealthColumns } from '../flow/flow-health.js';
import type { Mutable } from '../kernel/mutable.js';

/** Of a flow that `hasHealth`. */
export function healthRecord(columns: FlowHealthColumns, flow: number, clientSide: number): FlowHealth {
  const client = flow * 2 + clientSide;
  const server = client ^ 1;
  const { handshakeUs, leastRttUs, lastRttUs, retransmits, resets, zeroWindows } = columns;
  const health: Mutable<FlowHealth> = {};
  if (handshakeUs[server]! > 0) health.serverHandshakeUs = handshakeUs[server]!;
  if (handshakeUs[client]! > 0) health.clientHandshakeUs = handshakeUs[client]!;
  if (leastRttUs[server]! > 0) health.serverRttUs = leastRttUs[server]!;
  if (leastRttUs[client]! > 0) health.clientRttUs = leastRttUs[client]!;
  if (lastRttUs[server]! > 0) health.serverLastRttUs = lastRttUs[server]!;
  if (lastRttUs[client]! > 0) health.clientLastRttUs = lastRttUs[client]!;
  if (retransmits[client]! > 0) health.clientRetransmits = retransmits[client]!;
  if (retransmits[server]! > 0) health.serverRetransmits = retransmits[server]!;
  const flowResets = resets[client]! + resets[server]!;
  if (flowResets > 0) health.resets = flowResets;
  if (zeroWindows[client]! > 0) health.clientZeroWindows = zeroWindows[client]!;
  if (zeroWindows[server]! > 0) health.serverZeroWindows = zeroWindows[server]!;
  return health;
}
