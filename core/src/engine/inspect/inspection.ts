// The funnel: which protocol does each flow speak, and what does it say? Has protocols asked about the first bytes of both sides,
// then lets the one that matched read on. Owns: the stage of each flow, and bytes that wait for more.
// Must not know any protocol. Bound: rows of the flow table, that of asking (asking.ts), a reader's bufferBytes a side while reading,
// `poolBytes` for unfinished messages and early segments of all flows together; what does not fit ends the inspection of its flow and is counted.
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
import { Asking, type AskingSink } from './asking.js';
import { BufferPool, LARGEST_BUFFER_BYTES } from './buffer-pool.js';
import { ExpectedFlows } from './expected-flows.js';
import { FlowHandle } from './flow-handle.js';
import { InspectionColumns, STAGE_DONE, STAGE_FRESH, STAGE_PROBING, STAGE_READING } from './inspection-columns.js';
import { isPadding } from './padding.js';
import type { ProtocolSet } from './protocol-set.js';
import { Questions } from './questions.js';
import { Readers } from './readers.js';
import { SegmentOrder, type StreamSink } from './segment-order.js';
import { type WaitingStream, WaitingStreams } from './waiting-streams.js';

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const SYN = 2;
const MAX_HAND_OVERS = 4;

export class Inspection implements StreamSink, AskingSink {
  /** Flows whose reader was closed because it left too much unused, or memory was used up. */
  overfull = 0;
  /** Flows nobody knew. */
  unknown = 0;
  /** Time of the packet at hand. */
  tsUs = 0;
  readonly pool: BufferPool;
  readonly order: SegmentOrder;
  readonly expected: ExpectedFlows;
  readonly #flows: FlowRows;
  readonly #notebook: FlowNotebook;
  readonly #protocols: ProtocolSet;
  readonly #columns: InspectionColumns;
  readonly #asking: Asking;
  readonly #readers: Readers;
  readonly #waiting: WaitingStreams;

  constructor(flows: FlowRows, notebook: FlowNotebook, protocols: ProtocolSet, out: EventWriter, poolBytes: number) {
    this.pool = new BufferPool(poolBytes);
    this.#waiting = new WaitingStreams(this.pool);
    this.#flows = flows;
    this.#notebook = notebook;
    this.#protocols = protocols;
    this.#columns = new InspectionColumns(flows.columns.capacity);
    this.expected = new ExpectedFlows(protocols);
    const questions = new Questions(this.#columns, flows, protocols, this.expected);
    this.#asking = new Asking(this.#columns, questions, this.#waiting, this);
    this.#readers = new Readers(
      this.#columns,
      protocols,
      flows,
      (flow) => new FlowHandle(this, flows, notebook, out, this.expected, flow),
    );
    this.order = new SegmentOrder(this.#columns, this.pool, this);
  }

  observe(batch: FrameBatch): void {
    if (this.#protocols.specs.length === 0) return;
    const stages = this.#columns.stage;
    this.#asking.batch = batch;
    for (let row = 0; row < batch.length; row++) {
      const flow = batch.flowId[row]!;
      if (flow === NO_FLOW) continue;
      const marks = batch.marks[row]!;
      if ((marks & MARK_NEW_FLOW) !== 0) this.#columns.begin(flow);
      else if (stages[flow] === STAGE_DONE) continue;
      const transport = batch.ipProto[row]!;
      if (transport === TCP) {
        const hasSyn = (batch.tcpFlags[row]! & SYN) !== 0;
        if (hasSyn) this.#syn(batch, row, flow);
        if ((marks & MARK_PAYLOAD) !== 0) this.#segment(batch, row, flow, hasSyn ? 1 : 0);
      } else if ((marks & MARK_PAYLOAD) === 0) continue;
      else if (transport === UDP) this.#datagram(batch, row, flow, batch.payloadStart[row]!, batch.payloadEnd[row]!);
      else if (transport === SCTP) this.#chunk(batch, row, flow);
      else stages[flow] = STAGE_DONE;
    }
    this.#asking.batch = undefined;
  }

  /** The flow has ended: what waits is read, readers say what they have left, memory is given back. */
  end(flow: number): void {
    const stage = this.#columns.stage[flow]!;
    if (stage === STAGE_DONE || stage === STAGE_FRESH) return;
    this.tsUs = flowLastUs(this.#flows.columns, flow);
    const seat = this.#columns.seat[flow]!;
    this.order.finish(seat);
    for (let index = seat * 2; index < seat * 2 + 2; index++) this.#lookAgain(seat, index, this.#waiting.unseen(index));
    this.#finish(seat);
  }

  // ---------------------------------------------------------------- packets

  /** Where the flow of a payload packet sits; the packet at hand is this one from now on. */
  #seatOf(batch: FrameBatch, row: number, flow: number): number {
    const columns = this.#columns;
    const seat = columns.stage[flow] === STAGE_FRESH ? columns.sit(flow) : columns.seat[flow]!;
    if (columns.stage[flow] === STAGE_PROBING) columns.countPacket(seat * 2 + batch.flowSide[row]!);
    this.#asking.row = row;
    this.tsUs = batch.tsUs[row]!;
    return seat;
  }

  #syn(batch: FrameBatch, row: number, flow: number): void {
    const columns = this.#columns;
    const side = batch.flowSide[row]!;
    const seq = tcpSequence(batch.bytes, batch.l4Start[row]!);
    if (columns.stage[flow] === STAGE_FRESH) columns.noteSyn(flow * 2 + side, seq);
    else this.order.synchronize(columns.seat[flow]! * 2 + side, seq);
  }

  #segment(batch: FrameBatch, row: number, flow: number, synBytes: number): void {
    const columns = this.#columns;
    const side = batch.flowSide[row]!;
    if (columns.stage[flow] !== STAGE_FRESH && columns.skip[columns.seat[flow]! * 2 + side] === SKIP_SIDE) return;
    if (isPadding(batch, row)) return;
    const seat = this.#seatOf(batch, row, flow);
    const start = batch.payloadStart[row]!;
    const end = batch.payloadEnd[row]!;
    const seq = (tcpSequence(batch.bytes, batch.l4Start[row]!) + synBytes) >>> 0;
    const isCut = (batch.marks[row]! & MARK_TRUNCATED) !== 0;
    const cutBytes = isCut ? Math.max(0, batch.wireLen[row]! - batch.capLen[row]!) : 0;
    this.order.add(seat, seat * 2 + side, seq, batch.bytes, start, end, cutBytes);
  }

  #datagram(batch: FrameBatch, row: number, flow: number, start: number, end: number): void {
    const columns = this.#columns;
    const seat = this.#seatOf(batch, row, flow);
    const index = seat * 2 + batch.flowSide[row]!;
    columns.isWhole[index] = 1;
    if (columns.stage[flow] === STAGE_READING) this.#readDatagram(seat, index, batch.bytes, start, end);
    else this.#asking.side(seat, index, batch.bytes, start, end, true);
  }

  /** RFC 9260 section 3.3.1: user data begins 16 bytes into a DATA chunk. Only the first chunk is looked at. */
  #chunk(batch: FrameBatch, row: number, flow: number): void {
    const start = batch.payloadStart[row]!;
    const end = batch.payloadEnd[row]!;
    if (end - start <= 16 || batch.bytes[start] !== 0) return;
    const length = (batch.bytes[start + 2]! << 8) | batch.bytes[start + 3]!;
    if (length > 16) this.#datagram(batch, row, flow, start + 16, Math.min(end, start + length));
  }

  // ---------------------------------------------------------------- the streams

  wants(seat: number): boolean {
    return this.#columns.stageOf(seat) !== STAGE_DONE;
  }

  onStream(seat: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    this.#lookAgain(seat, index ^ 1, this.#waiting.urge(index ^ 1));
    if (this.#columns.stageOf(seat) === STAGE_READING) this.#readStream(seat, index, bytes, start, end);
    else this.#asking.stream(seat, index, bytes, start, end);
  }

  onMissing(seat: number, index: number, missingBytes: number): void {
    const columns = this.#columns;
    if (columns.skip[index]! >= missingBytes) {
      columns.skip[index] = columns.skip[index]! - missingBytes;
      return;
    }
    this.#lookAgain(seat, index, this.#waiting.unseen(index));
    if (columns.stageOf(seat) === STAGE_DONE) return;
    columns.isWhole[index] = 0;
    this.#waiting.drop(index);
    if (columns.stageOf(seat) !== STAGE_READING) {
      columns.firstLength[index] = 0;
      return;
    }
    const passed = columns.skip[index]!;
    columns.skip[index] = 0;
    if (!this.#readers.gap(seat, index, missingBytes - passed)) this.#finish(seat);
  }

  /** Bytes that were not worth a look yet, before something else happens. */
  #lookAgain(seat: number, index: number, kept: WaitingStream | undefined): void {
    if (kept === undefined) return;
    const stage = this.#columns.stageOf(seat);
    if (stage === STAGE_READING) this.#useUp(seat, index, kept.bytes, 0, kept.length);
    else if (stage === STAGE_PROBING) this.#asking.grown(seat, index, kept, false);
  }

  // ---------------------------------------------------------------- the match, and reading

  onMatch(seat: number, index: number, id: number, bytes: Uint8Array, start: number, end: number): void {
    const columns = this.#columns;
    const spec = this.#protocols.specs[id]!;
    this.#notebook.setProtocol(columns.flowOf[seat]!, this.#protocols.protocolId(id), 'payload');
    if (spec.application !== undefined) this.#notebook.setApplication(columns.flowOf[seat]!, spec.application);
    this.#protocols.countMatch(id);
    if (spec.open === undefined || !this.#readers.open(seat, id)) {
      this.#finish(seat);
      return;
    }
    columns.setStage(seat, STAGE_READING);
    columns.unsureCount[seat] = 0;
    if (this.#asking.transport !== TCP) {
      this.#readDatagram(seat, index, bytes, start, end);
      return;
    }
    this.#useUp(seat, index, bytes, start, end);
    const other = this.#waiting.of(index ^ 1);
    if (other !== undefined && columns.stageOf(seat) === STAGE_READING)
      this.#useUp(seat, index ^ 1, other.bytes, 0, other.length);
  }

  onUnknown(seat: number): void {
    this.unknown += 1;
    this.#finish(seat);
  }

  #readStream(seat: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end && this.#columns.stageOf(seat) === STAGE_READING) {
      at = this.#passOver(index, at, end);
      if (at === end) return;
      const kept = this.#waiting.of(index);
      if (kept === undefined) {
        this.#useUp(seat, index, bytes, at, end);
        return;
      }
      // Behind what waits, as much as a buffer holds: a segment may be as large as one.
      const piece = Math.min(end, at + LARGEST_BUFFER_BYTES - kept.length);
      if (!this.#waiting.append(kept, bytes, at, piece)) {
        this.#closeOverfull(seat);
        return;
      }
      at = piece;
      if (this.#waiting.isDue(kept)) this.#useUp(seat, index, kept.bytes, 0, kept.length);
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
  #useUp(seat: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    const columns = this.#columns;
    let at = start;
    while (at < end) {
      const used = this.#readers.read(seat, index, bytes, at, end);
      if (used === DONE) {
        this.#finish(seat);
        return;
      }
      if (used === HAND_OVER) {
        this.#handOver(seat, index, bytes, at, end);
        return;
      }
      if (!(used > 0)) break;
      if (used >= SKIP_SIDE) {
        columns.skip[index] = SKIP_SIDE;
        this.#waiting.drop(index);
        if (columns.skip[index ^ 1] === SKIP_SIDE) this.#finish(seat);
        return;
      }
      at += used;
      if (at > end) {
        columns.skip[index] = at - end;
        at = end;
      }
    }
    this.#keep(seat, index, bytes, at, end);
  }

  /** What was not used waits for more. */
  #keep(seat: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    if (start === end) {
      this.#waiting.drop(index);
      return;
    }
    const limit = this.#protocols.bufferBytes(this.#columns.protocol[seat]!);
    if (end - start > limit || !this.#waiting.keep(index, bytes, start, end)) this.#closeOverfull(seat);
  }

  #readDatagram(seat: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    const used = this.#readers.read(seat, index, bytes, start, end);
    if (used === DONE) this.#finish(seat);
    else if (used === HAND_OVER && this.#beginAgain(seat)) this.#asking.side(seat, index, bytes, start, end, true);
  }

  /** What follows, on both sides, is another protocol's. */
  #handOver(seat: number, index: number, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#waiting.keep(index, bytes, start, end)) this.#closeOverfull(seat);
    else if (this.#beginAgain(seat)) {
      this.#askKept(seat, index);
      this.#askKept(seat, index ^ 1);
    }
  }

  #askKept(seat: number, index: number): void {
    const kept = this.#waiting.of(index);
    if (kept === undefined || this.#columns.stageOf(seat) !== STAGE_PROBING) return;
    kept.seenBytes = kept.length;
    this.#columns.packets[index] = 1;
    this.#asking.side(seat, index, kept.bytes, 0, kept.length, true);
  }

  #beginAgain(seat: number): boolean {
    const columns = this.#columns;
    this.#readers.close(seat);
    columns.handOvers[seat] = columns.handOvers[seat]! + 1;
    if (columns.handOvers[seat]! > MAX_HAND_OVERS) {
      this.#finish(seat);
      return false;
    }
    columns.beginProbing(seat);
    columns.isWhole[seat * 2] = 1;
    columns.isWhole[seat * 2 + 1] = 1;
    columns.setStage(seat, STAGE_PROBING);
    return true;
  }

  #closeOverfull(seat: number): void {
    this.overfull += 1;
    this.#finish(seat);
  }

  #finish(seat: number): void {
    if (!this.wants(seat)) return;
    this.#readers.close(seat);
    for (let index = seat * 2; index < seat * 2 + 2; index++) {
      this.#waiting.drop(index);
      this.order.forget(index);
    }
    this.#columns.leave(seat);
  }
}
