// How TCP flows go: handshake and data round-trip times, retransmissions, resets, zero windows. Owns: one row of sums a flow.
// Must not know protocols above TCP, nor who is client. Bound: the capacity of the flow table; memory the system gives lazily.
// A packet that is not TCP costs one branch; one that is costs a few loads of one row.
//
// A time is measured from data to the first acknowledgement that covers it, one measurement at a time for each direction; data that
// was sent twice is not measured (Karn). What comes late into a hole within REORDER_US was overtaken, not sent again, as Wireshark
// counts it.
/** @hot */
import { type FrameBatch, MARK_NEW_FLOW, MARK_PAYLOAD, MARK_TRUNCATED, NO_FLOW } from '../frame/frame-batch.js';
import { ColumnMemory } from '../kernel/column-memory.js';
import { TCP_MIN_HEADER_LEN, tcpAcknowledgement, tcpSequence, tcpWindow } from '../wire/tcp.js';

const TCP = 6;
const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
const REORDER_US = 3000;
/** A round trip longer than this is a clock that was set. */
const LONGEST_US = 600e6;
/** Bits of `known`, by side. */
const HAS_NEXT = 1;
const HAS_HOLE = 2;

export class FlowHealthColumns {
  /** By 2 * flow + side. One past the highest byte sent; HAS_… bits. */
  readonly next: Uint32Array;
  readonly known: Uint8Array;
  readonly advancedUs: Float64Array;
  /** By 2 * flow + side: the end of the data being timed and when it was sent; 0: none. */
  readonly timedSeq: Uint32Array;
  readonly timedUs: Float64Array;
  /** By 2 * flow + side that acknowledged; 0: not measured. */
  readonly leastRttUs: Uint32Array;
  readonly lastRttUs: Uint32Array;
  readonly retransmits: Uint32Array;
  readonly zeroWindows: Uint16Array;
  readonly resets: Uint16Array;
  /** By 2 * flow + side: when its SYN was sent, and what it took the other side to answer that. */
  readonly synUs: Float64Array;
  readonly handshakeUs: Uint32Array;

  constructor(capacity: number, memory: ColumnMemory = new ColumnMemory()) {
    const sides = capacity * 2;
    this.next = memory.uint32(sides);
    this.known = memory.uint8(sides);
    this.advancedUs = memory.float64(sides);
    this.timedSeq = memory.uint32(sides);
    this.timedUs = memory.float64(sides);
    this.leastRttUs = memory.uint32(sides);
    this.lastRttUs = memory.uint32(sides);
    this.retransmits = memory.uint32(sides);
    this.zeroWindows = memory.uint16(sides);
    this.resets = memory.uint16(sides);
    this.synUs = memory.float64(sides);
    this.handshakeUs = memory.uint32(sides);
  }
}

export class FlowHealthMeter {
  readonly columns: FlowHealthColumns;

  /** `capacity` of the flow table, or columns that somebody else looks at too. */
  constructor(columns: number | FlowHealthColumns) {
    this.columns = typeof columns === 'number' ? new FlowHealthColumns(columns) : columns;
  }

  /** Call after the flow table has seen the batch. */
  observe(batch: FrameBatch): void {
    const protocols = batch.ipProto;
    for (let row = 0; row < batch.length; row++) {
      if (protocols[row] === TCP && batch.flowId[row] !== NO_FLOW) this.#segment(batch, row);
    }
  }

  #segment(batch: FrameBatch, row: number): void {
    const columns = this.columns;
    const flow = batch.flowId[row]!;
    if ((batch.marks[row]! & MARK_NEW_FLOW) !== 0) this.#begin(flow);
    const at = batch.l4Start[row]!;
    // The rest of a header that was cut is not there to read.
    if (at + TCP_MIN_HEADER_LEN > batch.frameStart[row]! + batch.capLen[row]!) return;
    const side = flow * 2 + batch.flowSide[row]!;
    const flags = batch.tcpFlags[row]!;
    const tsUs = batch.tsUs[row]!;
    if ((flags & RST) !== 0) {
      columns.resets[side] = columns.resets[side]! + 1;
      return;
    }
    if ((flags & ACK) !== 0) this.#acknowledge(side, tcpAcknowledgement(batch.bytes, at), tsUs);
    if ((flags & SYN) !== 0) this.#synchronize(side, flags, tcpSequence(batch.bytes, at), tsUs);
    else if ((batch.marks[row]! & MARK_PAYLOAD) !== 0) {
      const cutBytes =
        (batch.marks[row]! & MARK_TRUNCATED) === 0 ? 0 : Math.max(0, batch.wireLen[row]! - batch.capLen[row]!);
      const length = batch.payloadEnd[row]! - batch.payloadStart[row]! + cutBytes;
      this.#data(side, tcpSequence(batch.bytes, at), length, tsUs);
    }
    if (tcpWindow(batch.bytes, at) === 0 && (flags & (SYN | FIN)) === 0)
      columns.zeroWindows[side] = columns.zeroWindows[side]! + 1;
  }

  #begin(flow: number): void {
    const columns = this.columns;
    for (let side = flow * 2; side < flow * 2 + 2; side++) {
      columns.known[side] = 0;
      columns.timedUs[side] = 0;
      columns.leastRttUs[side] = 0;
      columns.lastRttUs[side] = 0;
      columns.retransmits[side] = 0;
      columns.zeroWindows[side] = 0;
      columns.resets[side] = 0;
      columns.synUs[side] = 0;
      columns.handshakeUs[side] = 0;
    }
  }

  #synchronize(side: number, flags: number, seq: number, tsUs: number): void {
    const columns = this.columns;
    const next = (seq + 1) >>> 0;
    const isRepeated = columns.known[side] !== 0 && columns.next[side] === next;
    if (isRepeated) columns.retransmits[side] = columns.retransmits[side]! + 1;
    columns.next[side] = next;
    columns.known[side] = HAS_NEXT;
    columns.advancedUs[side] = tsUs;
    const other = side ^ 1;
    // A SYN-ACK answers the other side's SYN; the last one sent, so that a lost one does not look like a long way.
    if ((flags & ACK) !== 0 && columns.synUs[other]! > 0 && columns.handshakeUs[side] === 0)
      columns.handshakeUs[side] = span(columns.synUs[other]!, tsUs);
    columns.synUs[side] = tsUs;
  }

  #data(side: number, seq: number, length: number, tsUs: number): void {
    const columns = this.columns;
    const end = (seq + length) >>> 0;
    if (columns.known[side] === 0) {
      columns.known[side] = HAS_NEXT;
      columns.next[side] = seq;
    }
    const ahead = (seq - columns.next[side]!) | 0;
    if (ahead < 0) {
      this.#again(side, end, length, tsUs);
      return;
    }
    if (ahead > 0) columns.known[side] = HAS_NEXT | HAS_HOLE;
    columns.next[side] = end;
    columns.advancedUs[side] = tsUs;
    if (columns.timedUs[side] === 0) {
      columns.timedSeq[side] = end;
      columns.timedUs[side] = tsUs;
    }
  }

  /** Bytes that were sent before, or that others have overtaken. */
  #again(side: number, end: number, length: number, tsUs: number): void {
    const columns = this.columns;
    const isNew = ((end - columns.next[side]!) | 0) > 0;
    // RFC 9293 section 3.8.4: a keep-alive repeats at most the last byte.
    if (length === 1 && end === columns.next[side]) return;
    const isOvertaken = columns.known[side] === (HAS_NEXT | HAS_HOLE) && tsUs - columns.advancedUs[side]! < REORDER_US;
    if (!isOvertaken) {
      columns.retransmits[side] = columns.retransmits[side]! + 1;
      columns.timedUs[side] = 0;
    }
    if (!isNew) return;
    columns.next[side] = end;
    columns.advancedUs[side] = tsUs;
  }

  #acknowledge(side: number, ack: number, tsUs: number): void {
    const columns = this.columns;
    const other = side ^ 1;
    const sentUs = columns.timedUs[other]!;
    if (sentUs > 0 && ((ack - columns.timedSeq[other]!) | 0) >= 0) {
      columns.timedUs[other] = 0;
      const rttUs = span(sentUs, tsUs);
      if (rttUs > 0) {
        columns.lastRttUs[side] = rttUs;
        if (columns.leastRttUs[side] === 0 || rttUs < columns.leastRttUs[side]!) columns.leastRttUs[side] = rttUs;
      }
    }
    // The third packet of the handshake: the first acknowledgement of the other side's SYN-ACK.
    if (columns.handshakeUs[other]! > 0 && columns.handshakeUs[side] === 0 && columns.synUs[other]! > 0)
      columns.handshakeUs[side] = span(columns.synUs[other]!, tsUs);
  }
}

/** Microseconds between two times, at least 1; 0 when they make no sense together. */
function span(fromUs: number, toUs: number): number {
  const us = Math.round(toUs - fromUs);
  return us >= 0 && us < LONGEST_US ? Math.max(1, us) : 0;
}
