// What is known of the inspection of each flow. Owns: the layout, and who has which seat. A flow costs 15 bytes for as long as it
// lives; what is needed while somebody asks or reads lies in a seat, taken at its first payload and given back when nothing more is to
// be learnt. Bound: the capacity of the flow table, and a seat a flow; seats grow with the most there ever were at one time.
import { OTHER_BYTES } from './probe-view.js';

/** Not one payload packet was seen. */
export const STAGE_FRESH = 0;
/** Protocols are being asked. */
export const STAGE_PROBING = 1;
/** A reader has the flow. */
export const STAGE_READING = 2;
/** Nothing more is to be learnt: its packets cost one look at this column. */
export const STAGE_DONE = 3;

/** Protocols that may be unsure of one flow at a time; further ones are taken to say no. */
export const MAX_UNSURE = 6;

/** A side of a connection: further ahead than any window is not this stream, or far too much is missing. */
export const FARTHEST_BYTES = 1 << 24;

const FIRST_SEATS = 1024;

export class InspectionColumns {
  /** By flow. */
  readonly stage: Uint8Array;
  /** By flow that is being asked about or read: where it sits. */
  readonly seat: Uint32Array;
  /** By 2 * flow + side, until it has a seat: the sequence number after the SYN, and 1 when there was one. */
  readonly #afterSyn: Uint32Array;
  readonly #hasSyn: Uint8Array;

  // ------------------------------------------------ by seat, or by 2 * seat + side
  flowOf = new Uint32Array(FIRST_SEATS);
  /** Who matched and reads. */
  protocol = new Uint16Array(FIRST_SEATS);
  /** By side: payload packets, until probing ends. */
  packets = new Uint16Array(FIRST_SEATS * 2);
  /** By side: the sequence number expected next; at first the one after the SYN. */
  next = new Uint32Array(FIRST_SEATS * 2);
  /** By side: 1 `next` is set, by a SYN or by the first segment. */
  hasNext = new Uint8Array(FIRST_SEATS * 2);
  /** By side: 1 the beginning of the stream was seen and nothing is missing since. */
  isWhole = new Uint8Array(FIRST_SEATS * 2);
  /** By side: bytes to pass over unseen. */
  skip = new Float64Array(FIRST_SEATS * 2);
  /** By side: length and bytes of its first words, for the probes of the other side. */
  firstLength = new Uint8Array(FIRST_SEATS * 2);
  firstBytes = new Uint8Array(FIRST_SEATS * 2 * OTHER_BYTES);
  handOvers = new Uint8Array(FIRST_SEATS);
  /** Who is unsure, MAX_UNSURE a flow, with two numbers each. */
  unsureCount = new Uint8Array(FIRST_SEATS);
  unsure = new Uint16Array(FIRST_SEATS * MAX_UNSURE);
  memos = new Float64Array(FIRST_SEATS * MAX_UNSURE * 2);

  /** Seats in use, and those that were given back. */
  seated = 0;
  readonly #free: number[] = [];
  #taken = 0;

  constructor(capacity: number) {
    this.stage = new Uint8Array(capacity);
    this.seat = new Uint32Array(capacity);
    this.#afterSyn = new Uint32Array(capacity * 2);
    this.#hasSyn = new Uint8Array(capacity * 2);
  }

  begin(flow: number): void {
    this.stage[flow] = STAGE_FRESH;
    this.#hasSyn[flow * 2] = 0;
    this.#hasSyn[flow * 2 + 1] = 0;
  }

  /** A SYN of a flow without a seat. */
  noteSyn(index: number, seq: number): void {
    const behind = (this.#afterSyn[index]! - seq - 1) | 0;
    if (this.#hasSyn[index] === 1 && behind >= 0 && behind <= FARTHEST_BYTES) return;
    this.#afterSyn[index] = seq + 1;
    this.#hasSyn[index] = 1;
  }

  /** The first payload of this flow. @returns its seat. */
  sit(flow: number): number {
    const seat = this.#free.pop() ?? this.#taken++;
    if (seat === this.flowOf.length) this.#grow();
    this.seated += 1;
    this.stage[flow] = STAGE_PROBING;
    this.seat[flow] = seat;
    this.flowOf[seat] = flow;
    this.handOvers[seat] = 0;
    for (let side = 0; side < 2; side++) {
      this.next[seat * 2 + side] = this.#afterSyn[flow * 2 + side]!;
      this.hasNext[seat * 2 + side] = this.isWhole[seat * 2 + side] = this.#hasSyn[flow * 2 + side]!;
    }
    this.beginProbing(seat);
    return seat;
  }

  stageOf(seat: number): number {
    return this.stage[this.flowOf[seat]!]!;
  }

  setStage(seat: number, stage: number): void {
    this.stage[this.flowOf[seat]!] = stage;
  }

  /** Nothing more is to be learnt of this flow. */
  leave(seat: number): void {
    this.stage[this.flowOf[seat]!] = STAGE_DONE;
    this.#free.push(seat);
    this.seated -= 1;
  }

  /** A payload packet of this side. */
  countPacket(index: number): void {
    if (this.packets[index]! < 0xffff) this.packets[index] = this.packets[index]! + 1;
  }

  /** Nothing asked yet: at the start, and after a hand-over. */
  beginProbing(seat: number): void {
    this.unsureCount[seat] = 0;
    for (let index = seat * 2; index < seat * 2 + 2; index++) {
      this.packets[index] = 0;
      this.skip[index] = 0;
      this.firstLength[index] = 0;
    }
  }

  #grow(): void {
    this.flowOf = doubled(this.flowOf);
    this.protocol = doubled(this.protocol);
    this.packets = doubled(this.packets);
    this.next = doubled(this.next);
    this.hasNext = doubled(this.hasNext);
    this.isWhole = doubled(this.isWhole);
    this.skip = doubled(this.skip);
    this.firstLength = doubled(this.firstLength);
    this.firstBytes = doubled(this.firstBytes);
    this.handOvers = doubled(this.handOvers);
    this.unsureCount = doubled(this.unsureCount);
    this.unsure = doubled(this.unsure);
    this.memos = doubled(this.memos);
  }
}

type Column = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

function doubled<C extends Column>(column: C): C {
  const larger = new (column.constructor as new (length: number) => C)(column.length * 2);
  larger.set(column);
  return larger;
}
