// Memory for bytes that must wait: unfinished messages, segments out of order. Owns: buffers of a few sizes, given out and taken back.
// Bound: `maxBytes` in all; when that is used up a request is refused and counted.

const SMALLEST_BYTES = 2048;
export const LARGEST_BUFFER_BYTES = 65_536;

/** Bytes that wait, from 0 to `length`. */
export interface WaitingBytes {
  bytes: Uint8Array;
  length: number;
}

export class BufferPool {
  /** Bytes given out now, and the most there ever were. */
  usedBytes = 0;
  peakBytes = 0;
  /** Requests that did not fit. */
  refused = 0;
  readonly #maxBytes: number;
  readonly #free = new Map<number, Uint8Array[]>();
  #keptBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** A copy of bytes[start, end); undefined when there is no room. */
  copy(bytes: Uint8Array, start: number, end: number): WaitingBytes | undefined {
    const buffer = this.#take(end - start);
    if (buffer === undefined) return undefined;
    copyBytes(bytes, start, end, buffer, 0);
    return { bytes: buffer, length: end - start };
  }

  /** Adds bytes[start, end); false, and nothing added, when there is no room. */
  append(waiting: WaitingBytes, bytes: Uint8Array, start: number, end: number): boolean {
    const length = waiting.length + end - start;
    if (length > waiting.bytes.length) {
      const larger = this.#take(length);
      if (larger === undefined) return false;
      larger.set(waiting.bytes.subarray(0, waiting.length));
      this.#giveBack(waiting.bytes);
      waiting.bytes = larger;
    }
    copyBytes(bytes, start, end, waiting.bytes, waiting.length);
    waiting.length = length;
    return true;
  }

  release(waiting: WaitingBytes): void {
    this.#giveBack(waiting.bytes);
    waiting.length = 0;
  }

  #take(length: number): Uint8Array | undefined {
    let size = SMALLEST_BYTES;
    while (size < length && size < LARGEST_BUFFER_BYTES) size *= 2;
    if (size < length || this.usedBytes + size > this.#maxBytes) {
      this.refused += 1;
      return undefined;
    }
    this.usedBytes += size;
    if (this.usedBytes > this.peakBytes) this.peakBytes = this.usedBytes;
    const kept = this.#free.get(size)?.pop();
    if (kept === undefined) return new Uint8Array(size);
    this.#keptBytes -= size;
    return kept;
  }

  #giveBack(buffer: Uint8Array): void {
    const size = buffer.length;
    this.usedBytes -= size;
    // What is kept for reuse is bounded too: a burst does not stay for ever.
    if (this.#keptBytes + size > this.#maxBytes / 8) return;
    const list = this.#free.get(size);
    if (list === undefined) this.#free.set(size, [buffer]);
    else list.push(buffer);
    this.#keptBytes += size;
  }
}

function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  // A loop beats the cost of a view for the short pieces this is mostly used for.
  if (end - start <= 64) for (let i = start; i < end; i++) to[at + i - start] = from[i]!;
  else to.set(from.subarray(start, end), at);
}
