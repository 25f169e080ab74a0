// Asks protocols about the first bytes of a side. Owns: who is unsure of which flow, and what they keep meanwhile.
// Must not know what becomes of an answer. Bound: MAX_UNSURE protocols a flow; further ones are taken to say no.
/** @hot */
import { MATCH, UNSURE } from '../../api/protocol.js';
import type { FlowRows } from '../../flow/flow-columns.js';
import { flowIpVersion, flowPort, flowProtocolNumber } from '../../flow/flow-text.js';
import { type FrameBatch, MARK_FIRST_FRAGMENT, MARK_TRUNCATED } from '../../frame/frame-batch.js';
import { DatagramShapes } from './datagram-shapes.js';
import type { ExpectedFlows } from './expected-flows.js';
import { type InspectionColumns, MAX_UNSURE } from './inspection-columns.js';
import { OTHER_BYTES, ProbeView } from './probe-view.js';
import { ProtocolOrder } from './protocol-order.js';
import type { ProtocolSet } from './protocol-set.js';
import { StreamShapes } from './stream-shapes.js';

/** With fewer bytes of a stream everybody is asked again when more have come: a stream may come a byte at a time. */
export const SHORT_STREAM_BYTES = 64;
export const NOBODY = -1;
/** Payload packets of a side after which nobody is asked any more; of streams that are still short; and when somebody is unsure. */
const MAX_PROBE_PACKETS = 8;
const MAX_SHORT_PACKETS = 64;
const MAX_UNSURE_PACKETS = 24;
const TCP = 6;
const UDP = 17;
const NO_ADDRESSES = new Uint8Array(32);

export class Questions {
  readonly probe = new ProbeView();
  readonly #columns: InspectionColumns;
  readonly #flows: FlowRows;
  readonly #protocols: ProtocolSet;
  readonly #asking: ProtocolOrder;
  readonly #expected: ExpectedFlows;
  readonly #shapes: DatagramShapes;
  readonly #streams: StreamShapes;

  constructor(columns: InspectionColumns, flows: FlowRows, protocols: ProtocolSet, expected: ExpectedFlows) {
    this.#expected = expected;
    this.#columns = columns;
    this.#flows = flows;
    this.#protocols = protocols;
    this.#asking = new ProtocolOrder(protocols.specs);
    this.#shapes = new DatagramShapes(protocols.specs);
    this.#streams = new StreamShapes(protocols.specs);
  }

  /** Fills the probe with this side's bytes and what is known of the flow and the packet at hand. */
  show(
    batch: FrameBatch | undefined,
    row: number,
    seat: number,
    index: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const probe = this.probe;
    const columns = this.#columns;
    const side = index & 1;
    probe.bytes = bytes;
    probe.start = start;
    probe.end = end;
    probe.packets = columns.packets[index]!;
    probe.fromStart = columns.isWhole[index] === 1;
    probe.fromClient = this.#flows.columns.clientSide[this.#columns.flowOf[seat]!] === side;
    const other = index ^ 1;
    probe.otherLength = columns.firstLength[other]!;
    for (let i = 0; i < probe.otherLength; i++) probe.otherBytes[i] = columns.firstBytes[other * OTHER_BYTES + i]!;
    if (batch === undefined) {
      this.#showEnded(columns.flowOf[seat]!);
      return;
    }
    const isSender = batch.flowSide[row] === side;
    const isClientRow = isSender === probe.fromClient;
    probe.tsUs = batch.tsUs[row]!;
    probe.transport = batch.ipProto[row]!;
    probe.clientPort = isClientRow ? batch.srcPort[row]! : batch.dstPort[row]!;
    probe.serverPort = isClientRow ? batch.dstPort[row]! : batch.srcPort[row]!;
    probe.ipVersion = batch.ipVersion[row]!;
    probe.addressBytes = batch.bytes;
    probe.srcAddr = isSender ? batch.srcAddr[row]! : batch.dstAddr[row]!;
    probe.dstAddr = isSender ? batch.dstAddr[row]! : batch.srcAddr[row]!;
    probe.isCut = (batch.marks[row]! & (MARK_TRUNCATED | MARK_FIRST_FRAGMENT)) !== 0;
  }

  /** There is no packet at hand: the flow has ended, and what was left of its streams is looked at. */
  #showEnded(flow: number): void {
    const probe = this.probe;
    const columns = this.#flows.columns;
    const clientSide = columns.clientSide[flow]!;
    probe.transport = flowProtocolNumber(columns, flow);
    probe.clientPort = flowPort(columns, flow, clientSide);
    probe.serverPort = flowPort(columns, flow, 1 - clientSide);
    probe.ipVersion = flowIpVersion(columns, flow);
    probe.addressBytes = NO_ADDRESSES;
    probe.srcAddr = 0;
    probe.dstAddr = 16;
    probe.isCut = false;
  }

  /** Payload packets of this side after which its flow is given up. */
  mostPackets(seat: number, index: number, length: number): number {
    const isStream = this.probe.transport === TCP && this.#columns.isWhole[index] === 1;
    // Unsure of a stream: MAX_PROBE_BYTES ends it.
    if (this.#columns.unsureCount[seat]! > 0) return isStream ? Number.POSITIVE_INFINITY : MAX_UNSURE_PACKETS;
    return isStream && length < SHORT_STREAM_BYTES ? MAX_SHORT_PACKETS : MAX_PROBE_PACKETS;
  }

  askAll(seat: number, firstByte: number): number {
    const probe = this.probe;
    // Who is unsure has to be told that it is not his: then everybody is asked.
    const isShaped = probe.transport === UDP && this.#columns.unsureCount[seat] === 0;
    const id = isShaped ? this.#askShaped(seat) : this.#askByFirstByte(seat, firstByte);
    if (id !== NOBODY || this.#expected.size === 0) return id;
    return this.#expected.protocolOf(this.#flows.columns, this.#columns.flowOf[seat]!, probe.transport, probe.tsUs);
  }

  #askByFirstByte(seat: number, firstByte: number): number {
    const asking = this.#asking;
    const probe = this.probe;
    asking.begin(probe.transport, probe.clientPort, probe.serverPort, firstByte);
    const isStream = probe.transport === TCP && this.#columns.unsureCount[seat] === 0;
    for (let id = asking.next(); id >= 0; id = asking.next()) {
      if (isStream && !this.#streams.mayBe(id, probe.bytes, probe.start, probe.end)) continue;
      if (this.#isMine(seat, id)) return id;
    }
    return NOBODY;
  }

  #askShaped(seat: number): number {
    const asking = this.#shapes;
    const probe = this.probe;
    asking.begin(probe.clientPort, probe.serverPort, probe.bytes, probe.start, probe.end);
    for (let id = asking.next(); id >= 0; id = asking.next()) if (this.#isMine(seat, id)) return id;
    return NOBODY;
  }

  /** Asks those who are not unsure already, and takes only a certain answer. */
  askOthers(seat: number, firstByte: number): number {
    const asking = this.#asking;
    const probe = this.probe;
    asking.begin(probe.transport, probe.clientPort, probe.serverPort, firstByte);
    for (let id = asking.next(); id >= 0; id = asking.next()) {
      if (this.#isUnsure(seat, id) || !this.#protocols.isEnabled(id)) continue;
      probe.memoA = 0;
      probe.memoB = 0;
      if (this.#protocols.ask(id, probe) === MATCH) return id;
    }
    return NOBODY;
  }

  #isUnsure(seat: number, id: number): boolean {
    const columns = this.#columns;
    for (let i = 0; i < columns.unsureCount[seat]!; i++) if (columns.unsure[seat * MAX_UNSURE + i] === id) return true;
    return false;
  }

  askUnsure(seat: number): number {
    const columns = this.#columns;
    for (let i = columns.unsureCount[seat]! - 1; i >= 0; i--) {
      const id = columns.unsure[seat * MAX_UNSURE + i]!;
      if (this.#isMine(seat, id)) return id;
    }
    return NOBODY;
  }

  /** Asks one protocol; remembers it when it is unsure, forgets it when it says no. */
  #isMine(seat: number, id: number): boolean {
    if (!this.#protocols.isEnabled(id)) return false;
    const columns = this.#columns;
    const probe = this.probe;
    let slot = seat * MAX_UNSURE;
    const end = slot + columns.unsureCount[seat]!;
    while (slot < end && columns.unsure[slot] !== id) slot++;
    const isKnown = slot < end;
    probe.memoA = isKnown ? columns.memos[slot * 2]! : 0;
    probe.memoB = isKnown ? columns.memos[slot * 2 + 1]! : 0;
    const verdict = this.#protocols.ask(id, probe);
    if (verdict === MATCH) return true;
    if (verdict === UNSURE) {
      if (!isKnown) {
        if (columns.unsureCount[seat] === MAX_UNSURE) return false;
        columns.unsureCount[seat] = columns.unsureCount[seat]! + 1;
        columns.unsure[slot] = id;
      }
      columns.memos[slot * 2] = probe.memoA;
      columns.memos[slot * 2 + 1] = probe.memoB;
    } else if (isKnown) {
      const last = end - 1;
      columns.unsure[slot] = columns.unsure[last]!;
      columns.memos[slot * 2] = columns.memos[last * 2]!;
      columns.memos[slot * 2 + 1] = columns.memos[last * 2 + 1]!;
      columns.unsureCount[seat] = columns.unsureCount[seat]! - 1;
    }
    return false;
  }

  rememberFirst(index: number, bytes: Uint8Array, start: number, end: number): void {
    const known = this.#columns.firstLength[index]!;
    const length = Math.min(OTHER_BYTES, end - start);
    // A stream that has grown; of datagrams the first stays.
    if (length <= known || (known > 0 && this.probe.transport !== TCP)) return;
    const at = index * OTHER_BYTES;
    for (let i = 0; i < length; i++) this.#columns.firstBytes[at + i] = bytes[start + i]!;
    this.#columns.firstLength[index] = length;
  }
}
