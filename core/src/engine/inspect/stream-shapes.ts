// What protocols have said of the beginnings of their streams, as tables: a look into these is cheaper than to ask. Owns: the tables.
// Must not know flows. Bound: made once, 36 bytes a protocol.
/** @hot */
import type { ProtocolSpec, StreamShape } from '../../api/protocol.js';

/** 256 bits. */
const MASK_WORDS = 8;

export class StreamShapes {
  readonly #at: Uint16Array;
  /** Shorter streams may become anything. */
  readonly #fromBytes: Uint16Array;
  /** By protocol: which values the byte at `#at` may have. */
  readonly #values: Int32Array;

  /** Protocol n is `specs[n]`. */
  constructor(specs: readonly ProtocolSpec[]) {
    this.#at = new Uint16Array(specs.length);
    this.#fromBytes = new Uint16Array(specs.length);
    this.#values = new Int32Array(specs.length * MASK_WORDS).fill(-1);
    for (let id = 0; id < specs.length; id++) this.#set(id, specs[id]!.stream);
  }

  #set(id: number, shape: StreamShape | undefined): void {
    if (shape === undefined) return;
    const at = shape.at ?? 0;
    this.#at[id] = at;
    this.#fromBytes[id] = Math.max(shape.fromBytes ?? 0, at + 1);
    const first = id * MASK_WORDS;
    this.#values.fill(0, first, first + MASK_WORDS);
    for (let i = 0; i < shape.values.length; i++) {
      const word = first + (shape.values[i]! >> 5);
      this.#values[word] = this.#values[word]! | (1 << (shape.values[i]! & 31));
    }
  }

  /** May the stream that begins with bytes[start, end) be one of this protocol? */
  mayBe(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < this.#fromBytes[id]!) return true;
    const value = bytes[start + this.#at[id]!]!;
    return ((this.#values[id * MASK_WORDS + (value >> 5)]! >>> (value & 31)) & 1) !== 0;
  }
}
