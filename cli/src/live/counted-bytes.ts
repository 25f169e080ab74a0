// What the counters of an interface say, as the capture would. Owns the difference between the two.
import type { InterfaceDelta } from '@kaipo/core/source/counter-ledger.js';

const LOOPBACK_HEADER_BYTES = 14;

/**
 * Bytes of an interface as packets have them. The kernel counts each loopback packet sent and received, and without the link
 * header it is captured with; the capture has it once (PROTOCOL.md).
 */
export function countedBytes(row: InterfaceDelta): number {
  if (row.name === 'lo') return row.rxBytes + row.rxPackets * LOOPBACK_HEADER_BYTES;
  return row.rxBytes + row.txBytes;
}
