// Handshake messages of one side of a DTLS flow, put together from fragments that come one after the other. Must not know: what
// messages mean. Bound: one message a side, 16 KiB of it, and MAX_JOINING_BYTES for all flows: beyond it a fragmented message is not read.

const MAX_MESSAGE_BYTES = 16_384;
const MAX_JOINING_BYTES = 16 * 1024 * 1024;
let joiningBytes = 0;

export class FragmentJoin {
  /** Body as far as it is there: bytes[0, length). */
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;
  #number = -1;

  /**
   * Adds a fragment of message `number`. A fragment of another message begins anew; one that leaves a hole is not added, for it
   * is sent again when the hole is real.
   * @returns true when bytes were added.
   */
  add(number: number, offset: number, from: Uint8Array, start: number, end: number): boolean {
    if (number !== this.#number) {
      if (offset !== 0) return false;
      this.release();
      this.#number = number;
    }
    const length = offset + end - start;
    if (offset > this.length || length <= this.length || length > MAX_MESSAGE_BYTES) return false;
    if (length > this.bytes.length && !this.#grow(length)) return false;
    this.bytes.set(from.subarray(start, end), offset);
    this.length = length;
    return true;
  }

  release(): void {
    joiningBytes -= this.bytes.length;
    this.bytes = new Uint8Array(0);
    this.length = 0;
    this.#number = -1;
  }

  #grow(length: number): boolean {
    const size = Math.min(MAX_MESSAGE_BYTES, Math.max(length, this.bytes.length * 2, 512));
    if (joiningBytes + size - this.bytes.length > MAX_JOINING_BYTES) return false;
    const larger = new Uint8Array(size);
    larger.set(this.bytes);
    joiningBytes += size - this.bytes.length;
    this.bytes = larger;
    return true;
  }
}
