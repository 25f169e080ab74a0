// Ethernet pads short frames to 60 bytes; some devices count that padding into the length of the IP packet, so that a bare
// acknowledgement seems to carry a few zero bytes of the stream. Owns: telling those from data.
/** @hot */
import type { FrameBatch } from '../../frame/frame-batch.js';

const SHORTEST_FRAME_BYTES = 60;
/** Of an IPv4 packet without options: 60 - 14 - 20 - 20. */
const MAX_PADDING_BYTES = 6;
const PSH = 8;

export function isPadding(batch: FrameBatch, row: number): boolean {
  const start = batch.payloadStart[row]!;
  const end = batch.payloadEnd[row]!;
  if (end - start > MAX_PADDING_BYTES) return false;
  if (batch.wireLen[row]! > SHORTEST_FRAME_BYTES || (batch.tcpFlags[row]! & PSH) !== 0) return false;
  for (let at = start; at < end; at++) if (batch.bytes[at] !== 0) return false;
  return true;
}
