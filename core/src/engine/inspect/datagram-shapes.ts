// What protocols have said of their datagrams, as tables: a look into these is cheaper than to ask. Owns: the tables. Must not know
// flows. Bound: made once, 40 bytes a protocol.
/** @hot */
import type { DatagramShape, ProtocolSpec } from '../../api/protocol.js';

const LONGEST = 0xffff;
/** 256 bits. */
const MASK_WORDS = 8;

export class DatagramShapes {
  readonly #minBytes: Uint16Array;
  readonly #maxBytes: Uint16Array;
  readonly #at: Uint16Array;
  /** By protocol: which values the byte at `#at` may have. */
  readonly #values: Int32Array;

  /** Protocol n is `specs[n]`. */
  constructor(specs: readonly ProtocolSpec[]) {
    this.#minBytes = new Uint16Array(specs.length);
    this.#maxBytes = new Uint16Array(specs.length).fill(LONGEST);
    this.#at = new Uint16Array(specs.length);
    this.#values = new Int32Array(specs.length * MASK_WORDS).fill(-1);
    for (let id = 0; id < specs.length; id++) this.#set(id, specs[id]!.datagram);
  }

  #set(id: number, shape: DatagramShape | undefined): void {
    if (shape === undefined) return;
    const { at, values, minBytes, maxBytes } = shape;
    this.#minBytes[id] = Math.max(minBytes ?? 0, values === undefined ? 0 : (at ?? 0) + 1);
    this.#maxBytes[id] = maxBytes ?? LONGEST;
    if (values === undefined) return;
    this.#at[id] = at ?? 0;
    const first = id * MASK_WORDS;
    this.#values.fill(0, first, first + MASK_WORDS);
    for (let i = 0; i < values.length; i++) {
      const word = first + (values[i]! >> 5);
      this.#values[word] = this.#values[word]! | (1 << (values[i]! & 31));
    }
  }

  /** May the datagram bytes[start, end), which has a first byte, be one of this protocol? */
  mayBe(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (length < this.#minBytes[id]! || length > this.#maxBytes[id]!) return false;
    const value = bytes[start + this.#at[id]!]!;
    return ((this.#values[id * MASK_WORDS + (value >> 5)]! >>> (value & 31)) & 1) !== 0;
  }
}
