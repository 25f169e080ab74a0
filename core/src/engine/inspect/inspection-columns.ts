// What is known of the inspection of each flow, by flow number. Owns: the layout, nothing else. Bound: the capacity of the flow
// table; memory the system gives lazily, so rows that are not used cost nothing.
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

export class InspectionColumns {
  readonly stage: Uint8Array;
  /** Who matched and reads. */
  readonly protocol: Uint16Array;
  /** By 2 * flow + side: payload packets, until probing ends. */
  readonly packets: Uint16Array;
  /** By 2 * flow + side: the sequence number expected next; at first the one after the SYN. */
  readonly next: Uint32Array;
  /** By 2 * flow + side: 1 `next` is set, by a SYN or by the first segment. */
  readonly hasNext: Uint8Array;
  /** By 2 * flow + side: 1 the beginning of the stream was seen and nothing is missing since. */
  readonly isWhole: Uint8Array;
  /** By 2 * flow + side: bytes to pass over unseen. */
  readonly skip: Float64Array;
  /** By 2 * flow + side: length and bytes of its first words, for the probes of the other side. */
  readonly firstLength: Uint8Array;
  readonly firstBytes: Uint8Array;
  readonly handOvers: Uint8Array;
  /** Who is unsure, MAX_UNSURE a flow, with two numbers each. */
  readonly unsureCount: Uint8Array;
  readonly unsure: Uint16Array;
  readonly memos: Float64Array;

  constructor(capacity: number) {
    this.stage = new Uint8Array(capacity);
    this.protocol = new Uint16Array(capacity);
    this.packets = new Uint16Array(capacity * 2);
    this.next = new Uint32Array(capacity * 2);
    this.hasNext = new Uint8Array(capacity * 2);
    this.isWhole = new Uint8Array(capacity * 2);
    this.skip = new Float64Array(capacity * 2);
    this.firstLength = new Uint8Array(capacity * 2);
    this.firstBytes = new Uint8Array(capacity * 2 * OTHER_BYTES);
    this.handOvers = new Uint8Array(capacity);
    this.unsureCount = new Uint8Array(capacity);
    this.unsure = new Uint16Array(capacity * MAX_UNSURE);
    this.memos = new Float64Array(capacity * MAX_UNSURE * 2);
  }

  begin(flow: number): void {
    this.stage[flow] = STAGE_FRESH;
    this.handOvers[flow] = 0;
    this.hasNext[flow * 2] = 0;
    this.hasNext[flow * 2 + 1] = 0;
    this.isWhole[flow * 2] = 0;
    this.isWhole[flow * 2 + 1] = 0;
    this.beginProbing(flow);
  }

  /** A payload packet of this side. */
  meet(flow: number, index: number): void {
    if (this.stage[flow] === STAGE_FRESH) this.stage[flow] = STAGE_PROBING;
    if (this.stage[flow] === STAGE_PROBING && this.packets[index]! < 0xffff)
      this.packets[index] = this.packets[index]! + 1;
  }

  /** Nothing asked yet: at the start, and after a hand-over. */
  beginProbing(flow: number): void {
    this.unsureCount[flow] = 0;
    for (let index = flow * 2; index < flow * 2 + 2; index++) {
      this.packets[index] = 0;
      this.skip[index] = 0;
      this.firstLength[index] = 0;
    }
  }
}
