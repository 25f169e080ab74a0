// Where typed-array columns lie: each in memory of its own, or one after the other in a buffer that is given, so that two threads
// can build the same columns over the same bytes. Owns: the order and alignment of columns in a buffer. Must not know what they
// hold. Bound: what is asked for; memory of one's own is given by the system as it is touched.
//
//   const bytes = columnBytes((memory) => new FlowColumns(capacity, memory));
//   const shared = new SharedArrayBuffer(bytes);                        // in one thread
//   const columns = new FlowColumns(capacity, new ColumnMemory(shared)); // in each

/** Columns begin at multiples of this, so that two threads that write two columns never write one cache line. */
const ALIGNMENT = 64;
/** Asked only how much it would be. */
const NOTHING = new ArrayBuffer(0);

export class ColumnMemory {
  readonly #buffer: ArrayBufferLike | undefined;
  #at: number;

  /** Without a buffer each column gets memory of its own. `at`: where the first column begins. */
  constructor(buffer?: ArrayBufferLike, at = 0) {
    this.#buffer = buffer;
    this.#at = at;
  }

  /** Where the next column would begin. */
  get end(): number {
    return this.#at;
  }

  uint8(length: number): Uint8Array {
    return this.#place(Uint8Array, length);
  }

  uint16(length: number): Uint16Array {
    return this.#place(Uint16Array, length);
  }

  uint32(length: number): Uint32Array {
    return this.#place(Uint32Array, length);
  }

  int32(length: number): Int32Array {
    return this.#place(Int32Array, length);
  }

  float64(length: number): Float64Array {
    return this.#place(Float64Array, length);
  }

  #place<T>(kind: ColumnKind<T>, length: number): T {
    const at = this.#at;
    this.#at += Math.ceil((length * kind.BYTES_PER_ELEMENT) / ALIGNMENT) * ALIGNMENT;
    if (this.#buffer === NOTHING) return new kind(this.#buffer, 0, 0);
    const buffer = this.#buffer ?? new ArrayBuffer(length * kind.BYTES_PER_ELEMENT);
    return new kind(buffer, this.#buffer === undefined ? 0 : at, length);
  }
}

interface ColumnKind<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
}

/** Bytes of a buffer that holds the columns that `build` makes. */
export function columnBytes(build: (memory: ColumnMemory) => unknown): number {
  const memory = new ColumnMemory(NOTHING);
  build(memory);
  return memory.end;
}
