// Reads a row of flow health. Cold: once a flow ends, or is shown.
import type { FlowHealthColumns } from './flow-health.js';

/** False when nothing was measured and nothing went wrong. */
export function hasHealth(columns: FlowHealthColumns, flow: number): boolean {
  const { handshakeUs, leastRttUs, lastRttUs, retransmits, resets, zeroWindows } = columns;
  const a = flow * 2;
  const b = a + 1;
  const times = handshakeUs[a]! | handshakeUs[b]! | leastRttUs[a]! | leastRttUs[b]! | lastRttUs[a]! | lastRttUs[b]!;
  const counts = retransmits[a]! | retransmits[b]! | resets[a]! | resets[b]! | zeroWindows[a]! | zeroWindows[b]!;
  return (times | counts) !== 0;
}
