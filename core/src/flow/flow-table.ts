// Packets to flows. Owns: finding or making the flow of each row of a batch, and when a flow has ended.
// Must not know protocols above the transport, names, or time other than that of the packets.
// Bound: `capacity` flows, the table never grows. Before it is full, flows that nobody has answered make room for new ones
// (unanswered-flows.ts); when only answered ones are left a new flow is refused. Both are counted.
/** @hot */
import {
  DIRECTION_IN,
  DIRECTION_OUT,
  type FrameBatch,
  MANY_PACKETS,
  MARK_ANSWER,
  MARK_FIRST_FRAGMENT,
  MARK_LATER_FRAGMENT,
  MARK_MANY,
  MARK_NEW_FLOW,
  MARK_WENT_ON,
  NO_FLOW,
} from '../frame/frame-batch.js';
import {
  END_CLOSED,
  END_EVICTED,
  END_IDLE,
  END_OF_INPUT,
  FLOW_DEAD,
  FLOW_FREE,
  FLOW_LIVE,
  FlowColumns,
  KEY_META,
  KEY_WORDS,
  SIDE_UNKNOWN,
  SUM_BYTES,
  SUM_FIRST_US,
  SUM_LAST_US,
  SUM_PACKETS,
  SUMS,
} from './flow-columns.js';
import { FlowIndex, NONE } from './flow-index.js';
import { DEFAULT_TIMEOUTS, type FlowSplits, type FlowTableOptions, type FlowTimeouts } from './flow-table-options.js';
import { FragmentTable } from './fragment-table.js';
import { ROWS_AHEAD, RowKeys } from './row-keys.js';
import { TimerWheel } from './timer-wheel.js';
import { isUnansweredSyn, UnansweredFlows } from './unanswered-flows.js';

/** Packets may be out of order by this much; further back, time itself was put back. */
const STEP_BACK_US = 64e6;
/** Refused flows remembered; with more of them at once some are counted again. A power of two. */
const REFUSED_SLOTS = 4096;
/** Rows looked at for each new flow while there are few free ones. */
const LOOKS_A_FLOW = 16;
const TCP = 6;
const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

export class FlowTable {
  readonly columns: FlowColumns;
  /** Flows alive now, ever made, and refused because the table was full (an upper bound when thousands are refused at once). */
  active = 0;
  created = 0;
  refused = 0;
  /** Packets of refused flows. */
  refusedPackets = 0;
  /** Flows that nobody had answered, ended to make room for others. */
  evicted = 0;
  /** Ended since the last drain: flow numbers, `endedCount` of them. */
  readonly ended: Uint32Array;
  endedCount = 0;

  readonly #index: FlowIndex;
  readonly #freeList: Uint32Array;
  #freeCount = 0;
  readonly #refusedHashes = new Int32Array(REFUSED_SLOTS);
  #used = 0;
  /** Rows below have been looked at by endSome. */
  #endedUpTo = 0;
  /** With more flows alive, those that nobody has answered make room. */
  readonly #comfortable: number;
  readonly #unanswered: UnansweredFlows;
  readonly #wheel: TimerWheel;
  readonly #fragments = new FragmentTable();
  readonly #timeouts: FlowTimeouts;
  readonly #leastTimeoutUs: number;
  readonly #unansweredS: number;
  readonly #keys: RowKeys;
  readonly #splits: FlowSplits | undefined;
  readonly #keepEnded: boolean;
  #nowUs = 0;
  readonly #visit = (flow: number): void => this.#onTimer(flow);

  constructor(options: FlowTableOptions) {
    const capacity = options.capacity;
    this.columns = options.columns ?? new FlowColumns(capacity);
    this.ended = new Uint32Array(capacity);
    this.#freeList = new Uint32Array(capacity);
    this.#keys = new RowKeys(options.keyByInterface ?? false);
    this.#index = new FlowIndex(this.columns, this.#keys);
    this.#wheel = new TimerWheel(capacity);
    this.#timeouts = options.timeouts ?? DEFAULT_TIMEOUTS;
    const { tcpS, tcpClosedS, otherS, tcpUnansweredS = tcpS } = this.#timeouts;
    this.#unansweredS = tcpUnansweredS;
    this.#leastTimeoutUs = Math.min(tcpS, tcpClosedS, otherS, tcpUnansweredS) * 1e6;
    this.#splits = options.splits;
    this.#keepEnded = options.keepEnded ?? false;
    this.#comfortable = capacity - (options.reserve ?? 0);
    this.#unanswered = new UnansweredFlows(this.columns);
  }

  /** Fills flowId and flowSide of every row and adds the packet to its flow. Rows without an IP header get NO_FLOW. */
  touchBatch(batch: FrameBatch): void {
    for (let from = 0; from < batch.length; from += ROWS_AHEAD) {
      const count = Math.min(ROWS_AHEAD, batch.length - from);
      this.#keys.load(batch, from, count);
      this.#index.readAhead(count);
      for (let index = 0; index < count; index++) this.#touch(batch, from + index, index);
    }
  }

  #touch(batch: FrameBatch, row: number, index: number): void {
    const flow = batch.ipVersion[row] === 0 ? NONE : this.#flowOfRow(batch, row, index);
    if (flow === NONE) {
      batch.flowId[row] = NO_FLOW;
      return;
    }
    batch.flowId[row] = flow;
    this.#add(batch, row, flow, batch.flowSide[row]!);
  }

  /** Ends flows that have been silent too long at packet time `nowUs`; they are in `ended` until drained. */
  advance(nowUs: number): void {
    if (nowUs > this.#nowUs) {
      this.#nowUs = nowUs;
      this.#wheel.advance(nowUs, this.#visit);
    } else if (nowUs < this.#nowUs - STEP_BACK_US) {
      // One stray time stamp, another file, or a clock that was put right: follow, or nothing would ever end again.
      this.#nowUs = nowUs;
      this.#wheel.stepBack(nowUs);
    }
  }

  /** The input is over: ends up to `max` live flows; false when none was left. */
  endSome(max: number): boolean {
    let left = max;
    while (left > 0 && this.#endedUpTo < this.#used) {
      const flow = this.#endedUpTo++;
      if (this.columns.state[flow] !== FLOW_LIVE) continue;
      this.#end(flow, END_OF_INPUT);
      left -= 1;
    }
    return left < max;
  }

  /**
   * Call after `ended` was read, or when it will be before the next packets: the rows may be given to new flows. With `keepEnded` only
   * the list is empty again, and the row of each flow is given back by `release`.
   */
  clearEnded(): void {
    if (!this.#keepEnded) for (let i = 0; i < this.endedCount; i++) this.release(this.ended[i]!);
    this.endedCount = 0;
  }

  /** With `keepEnded`: nobody reads the row of this ended flow any more. Once a flow. */
  release(flow: number): void {
    this.columns.state[flow] = FLOW_FREE;
    this.#freeList[this.#freeCount++] = flow;
  }

  /** Highest flow number ever used, plus one: for walks over live flows. */
  get highWater(): number {
    return this.#used;
  }

  #flowOfRow(batch: FrameBatch, row: number, index: number): number {
    const marks = batch.marks[row]!;
    if ((marks & (MARK_FIRST_FRAGMENT | MARK_LATER_FRAGMENT)) === 0) return this.#findOrMake(batch, row, index);
    const fragmentId = batch.fragmentId[row]!;
    const hash = this.#keys.hashAddresses(index, fragmentId);
    if ((marks & MARK_LATER_FRAGMENT) !== 0) {
      const known = this.#fragments.find(hash, fragmentId, this.columns.generation);
      if (known !== NONE && this.columns.state[known] === FLOW_LIVE && this.#index.sameAddresses(known, index)) {
        // The side follows the addresses; of a host that talks to itself, the ports of the fragment are not known.
        return known;
      }
      return this.#findOrMake(batch, row, index);
    }
    const flow = this.#findOrMake(batch, row, index);
    if (flow !== NONE) this.#fragments.remember(hash, fragmentId, flow, this.columns.generation[flow]!);
    return flow;
  }

  #findOrMake(batch: FrameBatch, row: number, index: number): number {
    const known = this.#index.find(index);
    if (known !== NONE) {
      if (!this.#isOver(batch, row, known)) return known;
      this.#end(known, this.#isClosed(known) ? END_CLOSED : END_IDLE);
      // Once more: where its key goes may have changed.
      this.#index.find(index);
    }
    const flow = this.#take();
    if (flow === NONE) {
      this.refusedPackets += 1;
      this.#countRefused(this.#keys.hashes[index]!);
    } else {
      this.#index.insert(flow, index);
      this.#begin(batch, row, flow, batch.flowSide[row]!);
    }
    if (this.active > this.#comfortable) this.#makeRoom(flow);
    return flow;
  }

  /** Ends flows that nobody has answered, ahead of need: their rows are free only when nobody reads them any more. */
  #makeRoom(newest: number): void {
    for (let looks = 0; looks < LOOKS_A_FLOW && this.active > this.#comfortable; looks++) {
      const flow = this.#unanswered.look(this.#used);
      if (flow === NONE || flow === newest) continue;
      this.#end(flow, END_EVICTED);
      this.evicted += 1;
    }
  }

  /** A refused flow leaves its hash in a small table, so that its next packets are not counted as more flows. */
  #countRefused(hash: number): void {
    const slot = hash & (REFUSED_SLOTS - 1);
    if (this.#refusedHashes[slot] === hash) return;
    this.#refusedHashes[slot] = hash;
    this.refused += 1;
  }

  /**
   * Has the flow ended before this packet? It rested too long by the time of the packets, so that the cut into batches, and when
   * the wheel turns, change nothing; or the ports are used again: a fresh SYN after both sides have closed, or one was reset, or
   * another program has them now.
   */
  #isOver(batch: FrameBatch, row: number, flow: number): boolean {
    if (this.#splits !== undefined && batch.tsUs[row]! >= this.columns.splitUs[flow]!) return true;
    const gapUs = batch.tsUs[row]! - this.columns.sums[flow * SUMS + SUM_LAST_US]!;
    if ((gapUs >= this.#leastTimeoutUs || gapUs <= -this.#leastTimeoutUs) && this.#isOverdue(flow, batch.tsUs[row]!))
      return true;
    return (batch.tcpFlags[row]! & (SYN | ACK)) === SYN && this.#isClosed(flow);
  }

  /** The slow half of the question: asked only when the packet is far from the one before it. */
  #isOverdue(flow: number, tsUs: number): boolean {
    if (this.#leftS(flow, tsUs) <= 0) return true;
    // As far before its first packet: another file, or time was put back.
    return this.columns.sums[flow * SUMS + SUM_FIRST_US]! - tsUs > this.#timeoutS(flow) * 1e6;
  }

  /** Seconds until the flow has rested too long; of a flow none of whose packets has a time, all of them. */
  #leftS(flow: number, nowUs: number): number {
    const lastUs = this.columns.sums[flow * SUMS + SUM_LAST_US]!;
    const timeoutS = this.#timeoutS(flow);
    return lastUs === Number.NEGATIVE_INFINITY ? timeoutS : timeoutS - (nowUs - lastUs) / 1e6;
  }

  #timeoutS(flow: number): number {
    if (this.columns.key[flow * KEY_WORDS + KEY_META]! % 256 !== TCP) return this.#timeouts.otherS;
    if (this.#isClosed(flow)) return this.#timeouts.tcpClosedS;
    return isUnansweredSyn(this.columns, flow) ? this.#unansweredS : this.#timeouts.tcpS;
  }

  #isClosed(flow: number): boolean {
    const flags = this.columns.tcpFlags;
    const a = flags[flow * 2]!;
    const b = flags[flow * 2 + 1]!;
    return ((a | b) & RST) !== 0 || (a & b & FIN) !== 0;
  }

  #begin(batch: FrameBatch, row: number, flow: number, side: number): void {
    const columns = this.columns;
    const sums = flow * SUMS;
    for (let sum = SUM_BYTES; sum < SUM_FIRST_US; sum++) columns.sums[sums + sum] = 0;
    // Infinities, not the time of this packet: it may have none.
    columns.sums[sums + SUM_FIRST_US] = Number.POSITIVE_INFINITY;
    columns.sums[sums + SUM_LAST_US] = Number.NEGATIVE_INFINITY;
    columns.state[flow] = FLOW_LIVE;
    columns.generation[flow] = columns.generation[flow]! + 1;
    if (this.#splits !== undefined) {
      columns.splitUs[flow] =
        this.#splits.size === 0 ? Number.POSITIVE_INFINITY : this.#splits.nextUs(columns, flow, batch.tsUs[row]!);
    }
    columns.tcpFlags[flow * 2] = 0;
    columns.tcpFlags[flow * 2 + 1] = 0;
    columns.clientSide[flow] = this.#isLikelyServer(batch, row) ? 1 - side : side;
    columns.clientCertain[flow] = 0;
    const direction = batch.direction[row]!;
    columns.localSide[flow] = direction === DIRECTION_OUT ? side : direction === DIRECTION_IN ? 1 - side : SIDE_UNKNOWN;
    columns.interfaceId[flow] = batch.interfaceId[row]!;
    columns.tunnels[flow] = batch.tunnels[row]!;
    columns.protocolId[flow] = 0;
    columns.protocolEvidence[flow] = 0;
    batch.marks[row] = batch.marks[row]! | MARK_NEW_FLOW;
    this.active += 1;
    this.created += 1;
    // A TCP flow may say goodbye soon; others rest their time from here on at least.
    this.#wheel.put(flow, batch.ipProto[row] === TCP ? this.#timeouts.tcpClosedS : this.#timeouts.otherS);
  }

  /** Of a flow met in the middle: does the sender use the well-known port? */
  #isLikelyServer(batch: FrameBatch, row: number): boolean {
    const src = batch.srcPort[row]!;
    const dst = batch.dstPort[row]!;
    if (src === 0 || src === dst) return false;
    const isSrcSystem = src < 1024;
    const isDstSystem = dst < 1024;
    if (isSrcSystem !== isDstSystem) return isSrcSystem;
    return false;
  }

  #add(batch: FrameBatch, row: number, flow: number, side: number): void {
    const sums = this.columns.sums;
    const at = flow * SUMS;
    sums[at + SUM_BYTES + side] = sums[at + SUM_BYTES + side]! + batch.wireLen[row]!;
    const packets = sums[at + SUM_PACKETS + side]! + 1;
    sums[at + SUM_PACKETS + side] = packets;
    const tsUs = batch.tsUs[row]!;
    if (tsUs > sums[at + SUM_LAST_US]!) sums[at + SUM_LAST_US] = tsUs;
    if (tsUs < sums[at + SUM_FIRST_US]!) sums[at + SUM_FIRST_US] = tsUs;
    const flags = batch.tcpFlags[row]!;
    if (packets <= 2 || ((packets | 0) & (MANY_PACKETS - 1)) === 0) this.#markStep(batch, row, flow, packets);
    if ((flags & (FIN | SYN | RST)) === 0) return;
    const columns = this.columns;
    columns.tcpFlags[flow * 2 + side] = columns.tcpFlags[flow * 2 + side]! | (flags & (FIN | RST));
    if ((flags & SYN) !== 0 && columns.clientCertain[flow] === 0) {
      columns.clientCertain[flow] = 1;
      columns.clientSide[flow] = (flags & ACK) === 0 ? side : 1 - side;
    }
  }

  /** Packets of this side: where a flow gets on, for those who do not look at every packet. */
  #markStep(batch: FrameBatch, row: number, flow: number, packets: number): void {
    const marks = batch.marks[row]!;
    if (packets === 1) {
      if ((marks & MARK_NEW_FLOW) === 0) batch.marks[row] = marks | MARK_ANSWER;
    } else if (packets === 2) {
      const flags = batch.tcpFlags[row]!;
      const isFurther = flags !== 0 && (flags & (SYN | RST)) === 0;
      if (isFurther && batch.flowSide[row] === this.columns.clientSide[flow]) batch.marks[row] = marks | MARK_WENT_ON;
    } else batch.marks[row] = marks | MARK_MANY;
  }

  #onTimer(flow: number): void {
    if (this.columns.state[flow] !== FLOW_LIVE) return;
    const leftS = this.#leftS(flow, this.#nowUs);
    if (leftS <= 0) this.#end(flow, this.#isClosed(flow) ? END_CLOSED : END_IDLE);
    else this.#wheel.put(flow, Math.ceil(leftS));
  }

  #end(flow: number, reason: number): void {
    this.columns.endReason[flow] = reason;
    this.#index.remove(flow);
    this.columns.state[flow] = FLOW_DEAD;
    this.active -= 1;
    if (this.endedCount < this.ended.length) this.ended[this.endedCount++] = flow;
  }

  #take(): number {
    if (this.#freeCount > 0) return this.#freeList[--this.#freeCount]!;
    return this.#used < this.columns.capacity ? this.#used++ : NONE;
  }
}
