// What one thread has written of flows that ended, for the other to copy into its output. Owns: a ring of bytes in memory both look at,
// and where in it each flow of the ring of ended flows is. Bound: RING_BYTES; of a flow for which there is no room nothing is written:
// whoever reads it writes it from its columns, as where there is one thread.
//
//   a flow: length of head | length of tail | head, up to a multiple of eight bytes | tail, likewise
import { AddressTexts } from '../flow/address-texts.js';
import { type FlowColumns, SIDE_B } from '../flow/flow-columns.js';
import type { FlowHealthColumns } from '../flow/flow-health.js';
import { ByteText } from '../kernel/byte-text.js';
import type { ColumnMemory } from '../kernel/column-memory.js';
import { writeFlowHead, writeFlowTail } from './flow-json.js';

/** Some times what the batches hold that the reader may be behind. A power of two: positions are counted on, modulo 2^32. */
const RING_BYTES = 8 * 1024 * 1024;
/** Set in the position of a flow that is there: positions are multiples of eight. */
const IS_THERE = 1;
const HEADER_BYTES = 8;
const CONTROL_WORDS = 16;
/** Up to where it was read. */
const READ = 0;

export class WrittenFlows {
  readonly eights: Float64Array;
  readonly words: Uint32Array;
  readonly control: Int32Array;
  /** By place in the ring of ended flows. */
  readonly at: Uint32Array;

  constructor(memory: ColumnMemory, maxFlows: number) {
    this.eights = memory.float64(RING_BYTES / 8);
    this.words = new Uint32Array(this.eights.buffer, this.eights.byteOffset, this.eights.length * 2);
    this.control = memory.int32(CONTROL_WORDS);
    this.at = memory.uint32(maxFlows);
  }
}

/** The thread that writes. */
export class FlowScribe {
  readonly #shared: WrittenFlows;
  readonly #columns: FlowColumns;
  readonly #health: FlowHealthColumns;
  readonly #addresses = new AddressTexts();
  /** Never handed on: a flow is shorter. */
  readonly #text = new ByteText(() => undefined);
  readonly #textEights: Float64Array;
  #at = 0;

  constructor(shared: WrittenFlows, columns: FlowColumns, health: FlowHealthColumns) {
    this.#shared = shared;
    this.#columns = columns;
    this.#health = health;
    this.#textEights = new Float64Array(this.#text.bytes.buffer);
  }

  /** Bytes nobody has read yet. */
  get waiting(): number {
    return (this.#at - Atomics.load(this.#shared.control, READ)) >>> 0;
  }

  /** Waits until half of the ring is free, or for so many milliseconds. */
  waitForRoom(ms: number): boolean {
    const { control } = this.#shared;
    const read = Atomics.load(control, READ);
    if ((this.#at - read) >>> 0 > RING_BYTES / 2) Atomics.wait(control, READ, read, ms);
    return this.waiting <= RING_BYTES / 2;
  }

  /** `count` flows of the ring `ended` from `start` on. */
  write(ended: Uint32Array, start: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const place = (start + i) % ended.length;
      this.#shared.at[place] = this.#put(ended[place]!);
    }
  }

  /** @returns its position and IS_THERE; 0 when there is no room. */
  #put(flow: number): number {
    const text = this.#text;
    const columns = this.#columns;
    const clientSide = columns.clientSide[flow] === SIDE_B ? SIDE_B : 0;
    text.clear();
    const clientIp = this.#addresses.of(columns, flow, clientSide);
    writeFlowHead(text, columns, flow, clientSide, clientIp, this.#addresses.of(columns, flow, 1 - clientSide));
    const headLength = text.length;
    text.room(-headLength & 7);
    const tailAt = text.length;
    writeFlowTail(text, columns, this.#health, flow, clientSide);
    const tailLength = text.length - tailAt;
    const bytes = HEADER_BYTES + ((text.length + 7) & ~7);
    // In one piece: what is left before the end of the ring may be too little.
    const toEnd = RING_BYTES - (this.#at % RING_BYTES);
    const skipped = bytes <= toEnd ? 0 : toEnd;
    if (this.waiting + skipped + bytes > RING_BYTES) return 0;
    const position = (this.#at + skipped) >>> 0;
    const at = (position % RING_BYTES) / 8;
    const { words, eights } = this.#shared;
    words[at * 2] = headLength;
    words[at * 2 + 1] = tailLength;
    for (let i = 0; i < bytes / 8 - 1; i++) eights[at + 1 + i] = this.#textEights[i]!;
    this.#at = (position + bytes) >>> 0;
    return position + IS_THERE;
  }
}

/** The thread that reads: one flow at a time, in the order they were written in. */
export class WrittenFlow {
  readonly eights: Float64Array;
  /** Where head and tail begin in `eights`, and how many bytes they have. */
  headAt = 0;
  headLength = 0;
  tailAt = 0;
  tailLength = 0;
  readonly #shared: WrittenFlows;
  #end = 0;

  constructor(shared: WrittenFlows) {
    this.#shared = shared;
    this.eights = shared.eights;
  }

  /** False where nothing was written. */
  find(place: number): boolean {
    const { at, words } = this.#shared;
    const position = at[place]!;
    if (position === 0) return false;
    const start = ((position - IS_THERE) % RING_BYTES) / 8;
    this.headLength = words[start * 2]!;
    this.tailLength = words[start * 2 + 1]!;
    this.headAt = start + 1;
    this.tailAt = this.headAt + ((this.headLength + 7) >>> 3);
    this.#end = position - IS_THERE + HEADER_BYTES + ((this.headLength + 7) & ~7) + ((this.tailLength + 7) & ~7);
    return true;
  }

  /** What was found so far may be written over. */
  release(): void {
    const { control } = this.#shared;
    if (Atomics.load(control, READ) === (this.#end | 0)) return;
    Atomics.store(control, READ, this.#end | 0);
    Atomics.notify(control, READ);
  }
}
