// The funnel: which protocol does each flow speak, and what does it say? Asks protocols about the first bytes of both sides, then
// lets the one that matched read on. Owns: the stage of each flow, and bytes that wait for more.
// Must not know any protocol. Bound: rows of the flow table, MAX_PROBE_BYTES and MAX_PROBE_PACKETS a side while asking, a reader's
// bufferBytes a side while reading, POOL_BYTES in all; what does not fit ends the inspection of its flow and is counted.
//
//   packet ──► stage DONE? nothing ──► order (TCP) ──► PROBING: ask ──► MATCH ──► READING: reader ──► DONE
//                                                        └─ nobody, or too long ──────────────────────┘
/** @hot */
import type { EventWriter } from '../../api/events.js';
import { DONE, HAND_OVER, SKIP_SIDE } from '../../api/protocol.js';
import { type FlowRows, flowLastUs } from '../../flow/flow-columns.js';
import { type FrameBatch, MARK_NEW_FLOW, MARK_PAYLOAD, MARK_TRUNCATED, NO_FLOW } from '../../frame/frame-batch.js';
import { tcpSequence } from '../../wire/tcp.js';
import type { FlowNotebook } from '../flow-notes.js';
import { BufferPool, LARGEST_BUFFER_BYTES } from './buffer-pool.js';
import { ExpectedFlows } from './expected-flows.js';
import { FlowHandle } from './flow-handle.js';
import { InspectionColumns, STAGE_DONE, STAGE_FRESH, STAGE_PROBING, STAGE_READING } from './inspection-columns.js';
import { isPadding } from './padding.js';
import type { ProtocolSet } from './protocol-set.js';
import { NOBODY, Questions, SHORT_STREAM_BYTES } from './questions.js';
import { Readers } from './readers.js';
import { SegmentOrder, type StreamSink } from './segment-order.js';
import { type WaitingStream, WaitingStreams } from './waiting-streams.js';

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const SYN = 2;
/** A ClientHello with post-quantum keys has 2 KB, a request line seldom more than 8. */
const MAX_PROBE_BYTES = 16_384;
const MAX_HAND_OVERS = 4;
/** Unfinished messages and early segments of all flows together. */
const POOL_BYTES = 64 * 1024 * 1024;

export class Inspection implements StreamSink {
  /** Flows whose reader was closed because it left too much unused, or memory was used up. */
  overfull = 0;
  /** Flows nobody knew. */
  unknown = 0;
  /** Time of the packet at hand. */
  tsUs = 0;
  readonly pool = new BufferPool(POOL_BYTES);
  readonly order: SegmentOrder;
  readonly expected: ExpectedFlows;
  readonly #flows: FlowRows;
  readonly #notebook: FlowNotebook;
  readonly #protocols: ProtocolSet;
  readonly #columns: InspectionColumns;
  readonly #questions: Questions;
  readonly #readers: Readers;
  readonly #waiting = new WaitingStreams(this.pool);
  #batch: FrameBatch | undefined;
  #row = 0;

  constructor(flows: FlowRows, notebook: FlowNotebook, protocols: ProtocolSet, out: EventWriter) {
    this.#flows = flows;
    this.#notebook = notebook;
    this.#protocols = protocols;
    this.#columns = new InspectionColumns(flows.columns.capacity);
    this.expected = new ExpectedFlows(protocols);
    this.#questions = new Questions(this.#columns, flows, protocols, this.expected);
    this.#readers = new Readers(
      this.#columns,
      protocols,
      flows,
      (flow) => new FlowHandle(this, flows, notebook, out, this.expected, flow),
    );
    this.order = new SegmentOrder(this.#columns, this.pool, this);
  }

  observe(batch: FrameBatch): void {
    const stages = this.#columns.stage;
    this.#batch = batch;
    for (let row = 0; row < batch.length; row++) {
      const flow = batch.flowId[row]!;
      if (flow === NO_FLOW) continue;
      const marks = batch.marks[row]!;
      if ((marks & MARK_NEW_FLOW) !== 0) this.#columns.begin(flow);
      else if (stages[flow] === STAGE_DONE) continue;
      const transport = batch.ipProto[row]!;
      if (transport === TCP) {
        const hasSyn = (batch.tcpFlags[row]! & SYN) !== 0;
        if (hasSyn)
          this.order.synchronize(flow * 2 + batch.flowSide[row]!, tcpSequence(batch.bytes, batch.l4Start[row]!));
        if ((marks & MARK_PAYLOAD) !== 0) this.#segment(batch, row, flow, hasSyn ? 1 : 0);
      } else if ((marks & MARK_PAYLOAD) === 0) continue;
      else if (transport === UDP) this.#datagram(batch, row, flow, batch.payloadStart[row]!, batch.payloadEnd[row]!);
      else if (transport === SCTP) this.#chunk(batch, row, flow);
      else stages[flow] = STAGE_DONE;
    }
    this.#batch = undefined;
  }

  /** The flow has ended: what waits is read, readers say what they have left, memory is given back. */
  end(flow: number): void {
    const stage = this.#columns.stage[flow]!;
    if (stage === STAGE_DONE || stage === STAGE_FRESH) return;
    this.tsUs = flowLastUs(this.#flows.columns, flow);
    this.order.finish(flow);
    for (let index = flow * 2; index < flow * 2 + 2; index++) this.#lookAgain(flow, index, this.#waiting.unseen(index));
    this.#finish(flow);
  }

  // ---------------------------------------------------------------- packets

  #segment(batch: FrameBatch, row: number, flow: number, synBytes: number): void {
    const index = flow * 2 + batch.flowSide[row]!;
    if (this.#columns.skip[index] === SKIP_SIDE || isPadding(batch, row)) return;
    this.#meet(batch, row, flow, index);
    const start = batch.payloadStart[row]!;
    const end = batch.payloadEnd[row]!;
    const seq = (tcpSequence(batch.bytes, batch.l4Start[row]!) + synBytes) >>> 0;
    const isCut = (batch.marks[row]! & MARK_TRUNCATED) !== 0;
    const cutBytes = isCut ? Math.max(0, batch.wireLen[row]! - batch.capLen[row]!) : 0;
    this.order.add(flow, index, seq, batch.bytes, start, end, cutBytes);
  }

  #datagram(batch: FrameBatch, row: number, flow: number, start: number, end: number): void {
    const index = flow * 2 + batch.flowSide[row]!;
    this.#meet(batch, row, flow, index);
    this.#columns.isWhole[index] = 1;
    if (this.#columns.stage[flow] === STAGE_READING) this.#readDatagram(flow, index, batch.bytes, start, end);
    else this.#askSide(flow, index, batch.bytes, start, end, true);
  }

  /** RFC 9260 section 3.3.1: user data begins 16 bytes into a DATA chunk. Only the first chunk is looked at. */
  #chunk(batch: FrameBatch, row: number, flow: number): void {
    const start = batch.payloadStart[row]!;
    const end = batch.payloadEnd[row]!;
    if (end - start <= 16 || batch.bytes[start] !== 0) return;
    const length = (batch.bytes[start + 2]! << 8) | batch.bytes[start + 3]!;
    if (length > 16) this.#datagram(batch, row, flow, start + 16, Math.min(end, start + length));
  }

  #meet(batch: FrameBatch, row: number, flow: number, index: number): void {
    this.#row = row;
    this.tsUs = batch.tsUs[row]!;
    this.#columns.meet(flow, index);
  }

  // ---------------------------------------------------------------- the streams

  wants(flow: number): boolean {
    return this.#columns.stage[flow] !== STAGE_DONE;
  }

  onStream(flow: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    this.#lookAgain(flow, index ^ 1, this.#waiting.urge(index ^ 1));
    if (this.#columns.stage[flow] === STAGE_READING) this.#readStream(flow, index, bytes, start, end);
    else this.#askStream(flow, index, bytes, start, end);
  }

  onMissing(flow: number, index: number, missingBytes: number): void {
    const columns = this.#columns;
    if (columns.skip[index]! >= missingBytes) {
      columns.skip[index] = columns.skip[index]! - missingBytes;
      return;
    }
    this.#lookAgain(flow, index, this.#waiting.unseen(index));
    if (columns.stage[flow] === STAGE_DONE) return;
    columns.isWhole[index] = 0;
    this.#waiting.drop(index);
    if (columns.stage[flow] !== STAGE_READING) {
      columns.firstLength[index] = 0;
      return;
    }
    const passed = columns.skip[index]!;
    columns.skip[index] = 0;
    if (!this.#readers.gap(flow, index, missingBytes - passed)) this.#finish(flow);
  }

  /** Bytes that were not worth a look yet, before something else happens. */
  #lookAgain(flow: number, index: number, kept: WaitingStream | undefined): void {
    if (kept === undefined) return;
    const stage = this.#columns.stage[flow];
    if (stage === STAGE_READING) this.#useUp(flow, index, kept.bytes, 0, kept.length);
    else if (stage === STAGE_PROBING) this.#askGrown(flow, index, kept, false);
  }

  // ---------------------------------------------------------------- asking

  #askStream(flow: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    const kept = this.#waiting.of(index);
    if (kept === undefined) {
      if (this.#askSide(flow, index, bytes, start, end, true)) return;
      this.#keepForMore(flow, index, bytes, start, end);
      return;
    }
    if (this.#columns.isWhole[index] === 0 && this.#askOthers(flow, index, bytes, start, end)) return;
    if (kept.length + end - start > MAX_PROBE_BYTES || !this.#waiting.append(kept, bytes, start, end)) {
      this.#giveUp(flow);
      return;
    }
    const isShort = kept.length - (end - start) < SHORT_STREAM_BYTES;
    if (isShort || this.#waiting.isDue(kept)) this.#askGrown(flow, index, kept, isShort);
  }

  #askGrown(flow: number, index: number, kept: WaitingStream, isShort: boolean): void {
    kept.seenBytes = kept.length;
    if (this.#askSide(flow, index, kept.bytes, 0, kept.length, isShort)) return;
    if (this.#columns.unsureCount[flow]! > 0) return;
    if (this.#columns.isWhole[index] === 0) this.#waiting.drop(index);
    else if (kept.length >= SHORT_STREAM_BYTES && this.#columns.packets[index ^ 1]! > 0) this.#giveUp(flow);
  }

  /** Met in the middle: while somebody is unsure of earlier segments, this one may be the beginning of something else. */
  #askOthers(flow: number, index: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.#questions.show(this.#batch, this.#row, flow, index, bytes, start, end);
    const id = this.#questions.askOthers(flow, bytes[start]!);
    if (id === NOBODY) return false;
    this.#waiting.drop(index);
    this.#match(flow, index, id, bytes, start, end);
    return true;
  }

  /** Nobody matched on this side's first bytes. Worth keeping them? */
  #keepForMore(flow: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    const columns = this.#columns;
    const isSure = columns.unsureCount[flow] === 0;
    // Begun in the middle: each early segment may be the beginning of something.
    if (isSure && columns.isWhole[index] === 0) return;
    if (isSure && end - start >= SHORT_STREAM_BYTES && columns.packets[index ^ 1]! > 0) {
      this.#giveUp(flow);
      return;
    }
    if (end - start > MAX_PROBE_BYTES || !this.#waiting.keep(index, bytes, start, end)) this.#giveUp(flow);
  }

  /** Asks about bytes[start, end), of this side. @returns true when the question is settled: matched, or given up. */
  #askSide(flow: number, index: number, bytes: Uint8Array, start: number, end: number, isNew: boolean): boolean {
    const columns = this.#columns;
    this.#questions.show(this.#batch, this.#row, flow, index, bytes, start, end);
    const id = isNew ? this.#questions.askAll(flow, bytes[start]!) : this.#questions.askUnsure(flow);
    if (id !== NOBODY) {
      this.#match(flow, index, id, bytes, start, end);
      return true;
    }
    if (columns.packets[index]! >= this.#questions.mostPackets(flow, index, end - start)) {
      this.#giveUp(flow);
      return true;
    }
    this.#questions.rememberFirst(index, bytes, start, end);
    return false;
  }

  #giveUp(flow: number): void {
    this.unknown += 1;
    this.#finish(flow);
  }

  // ---------------------------------------------------------------- the match, and reading

  #match(flow: number, index: number, id: number, bytes: Uint8Array, start: number, end: number): void {
    const columns = this.#columns;
    const spec = this.#protocols.specs[id]!;
    this.#notebook.setProtocol(flow, this.#protocols.protocolId(id), 'payload');
    if (spec.application !== undefined) this.#notebook.setApplication(flow, spec.application);
    this.#protocols.countMatch(id);
    if (spec.open === undefined || !this.#readers.open(flow, id)) {
      this.#finish(flow);
      return;
    }
    columns.stage[flow] = STAGE_READING;
    columns.unsureCount[flow] = 0;
    if (this.#questions.probe.transport !== TCP) {
      this.#readDatagram(flow, index, bytes, start, end);
      return;
    }
    this.#useUp(flow, index, bytes, start, end);
    const other = this.#waiting.of(index ^ 1);
    if (other !== undefined && columns.stage[flow] === STAGE_READING)
      this.#useUp(flow, index ^ 1, other.bytes, 0, other.length);
  }

  #readStream(flow: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end && this.#columns.stage[flow] === STAGE_READING) {
      at = this.#passOver(index, at, end);
      if (at === end) return;
      const kept = this.#waiting.of(index);
      if (kept === undefined) {
        this.#useUp(flow, index, bytes, at, end);
        return;
      }
      // Behind what waits, as much as a buffer holds: a segment may be as large as one.
      const piece = Math.min(end, at + LARGEST_BUFFER_BYTES - kept.length);
      if (!this.#waiting.append(kept, bytes, at, piece)) {
        this.#closeOverfull(flow);
        return;
      }
      at = piece;
      if (this.#waiting.isDue(kept)) this.#useUp(flow, index, kept.bytes, 0, kept.length);
    }
  }

  /** @returns where the bytes begin that somebody wants to see. */
  #passOver(index: number, start: number, end: number): number {
    const skip = this.#columns.skip[index]!;
    if (skip === 0) return start;
    if (skip === SKIP_SIDE) return end;
    const passed = Math.min(skip, end - start);
    this.#columns.skip[index] = skip - passed;
    return start + passed;
  }

  /** Lets the reader use bytes[start, end), which may be those that wait; keeps what is left. */
  #useUp(flow: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    const columns = this.#columns;
    let at = start;
    while (at < end) {
      const used = this.#readers.read(flow, index, bytes, at, end);
      if (used === DONE) {
        this.#finish(flow);
        return;
      }
      if (used === HAND_OVER) {
        this.#handOver(flow, index, bytes, at, end);
        return;
      }
      if (!(used > 0)) break;
      if (used >= SKIP_SIDE) {
        columns.skip[index] = SKIP_SIDE;
        this.#waiting.drop(index);
        if (columns.skip[index ^ 1] === SKIP_SIDE) this.#finish(flow);
        return;
      }
      at += used;
      if (at > end) {
        columns.skip[index] = at - end;
        at = end;
      }
    }
    this.#keep(flow, index, bytes, at, end);
  }

  /** What was not used waits for more. */
  #keep(flow: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    if (start === end) {
      this.#waiting.drop(index);
      return;
    }
    const limit = this.#protocols.bufferBytes(this.#columns.protocol[flow]!);
    if (end - start > limit || !this.#waiting.keep(index, bytes, start, end)) this.#closeOverfull(flow);
  }

  #readDatagram(flow: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    const used = this.#readers.read(flow, index, bytes, start, end);
    if (used === DONE) this.#finish(flow);
    else if (used === HAND_OVER && this.#beginAgain(flow)) this.#askSide(flow, index, bytes, start, end, true);
  }

  /** What follows, on both sides, is another protocol's. */
  #handOver(flow: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#waiting.keep(index, bytes, start, end)) this.#closeOverfull(flow);
    else if (this.#beginAgain(flow)) {
      this.#askKept(flow, index);
      this.#askKept(flow, index ^ 1);
    }
  }

  #askKept(flow: number, index: number): void {
    const kept = this.#waiting.of(index);
    if (kept === undefined || this.#columns.stage[flow] !== STAGE_PROBING) return;
    kept.seenBytes = kept.length;
    this.#columns.packets[index] = 1;
    this.#askSide(flow, index, kept.bytes, 0, kept.length, true);
  }

  #beginAgain(flow: number): boolean {
    const columns = this.#columns;
    this.#readers.close(flow);
    columns.handOvers[flow] = columns.handOvers[flow]! + 1;
    if (columns.handOvers[flow]! > MAX_HAND_OVERS) {
      this.#finish(flow);
      return false;
    }
    columns.beginProbing(flow);
    columns.isWhole[flow * 2] = 1;
    columns.isWhole[flow * 2 + 1] = 1;
    columns.stage[flow] = STAGE_PROBING;
    return true;
  }

  #closeOverfull(flow: number): void {
    this.overfull += 1;
    this.#finish(flow);
  }

  #finish(flow: number): void {
    this.#readers.close(flow);
    this.#columns.stage[flow] = STAGE_DONE;
    for (let index = flow * 2; index < flow * 2 + 2; index++) {
      this.#waiting.drop(index);
      this.order.forget(index);
    }
  }
}
