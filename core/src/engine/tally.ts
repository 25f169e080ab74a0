// Sums over all packets of a capture, decoded or not. Call after the flow table has seen the batch.
// Bound: a fixed set of numbers, one row a EtherType that carries no IP, and that of StrayFrames.
/** @hot */
import {
  DIRECTION_IN,
  type FrameBatch,
  MARK_TRUNCATED,
  NO_FLOW,
  VERDICT_DECODED,
  VERDICT_MALFORMED,
} from '../frame/frame-batch.js';
import { REFUSED, StrayFrames } from './stray-frames.js';

export class Tally {
  packets = 0;
  bytes = 0;
  capturedBytes = 0;
  decodedPackets = 0;
  malformedPackets = 0;
  unsupportedPackets = 0;
  truncatedPackets = 0;
  firstTsUs = Number.POSITIVE_INFINITY;
  lastTsUs = Number.NEGATIVE_INFINITY;
  /** Packets and bytes of frames without an IP header, by EtherType. */
  readonly otherPackets = new Float64Array(65_536);
  readonly otherBytes = new Float64Array(65_536);
  readonly linkTypesSeen = new Uint8Array(65_536);
  /** What belongs to no flow. */
  readonly strays = new StrayFrames();

  add(batch: FrameBatch): void {
    let bytes = 0;
    let capturedBytes = 0;
    let decoded = 0;
    let malformed = 0;
    let truncated = 0;
    let first = this.firstTsUs;
    let last = this.lastTsUs;
    for (let row = 0; row < batch.length; row++) {
      const wireLen = batch.wireLen[row]!;
      bytes += wireLen;
      capturedBytes += batch.capLen[row]!;
      const verdict = batch.verdict[row]!;
      if (verdict === VERDICT_DECODED) decoded++;
      else if (verdict === VERDICT_MALFORMED) malformed++;
      if ((batch.marks[row]! & MARK_TRUNCATED) !== 0) truncated++;
      const tsUs = batch.tsUs[row]!;
      if (tsUs < first) first = tsUs;
      if (tsUs > last) last = tsUs;
      this.linkTypesSeen[batch.linkType[row]!] = 1;
      if (batch.flowId[row] === NO_FLOW) {
        const code = batch.ipVersion[row] === 0 ? batch.etherType[row]! : REFUSED + batch.ipProto[row]!;
        // A file does not say who received: its senders are the local side.
        this.strays.add(batch.interfaceId[row]!, code, batch.direction[row] !== DIRECTION_IN, wireLen);
      }
      if (batch.ipVersion[row] === 0) {
        const etherType = batch.etherType[row]!;
        this.otherPackets[etherType] = this.otherPackets[etherType]! + 1;
        this.otherBytes[etherType] = this.otherBytes[etherType]! + wireLen;
      }
    }
    this.packets += batch.length;
    this.bytes += bytes;
    this.capturedBytes += capturedBytes;
    this.decodedPackets += decoded;
    this.malformedPackets += malformed;
    this.unsupportedPackets += batch.length - decoded - malformed;
    this.truncatedPackets += truncated;
    this.firstTsUs = first;
    this.lastTsUs = last;
  }
}
