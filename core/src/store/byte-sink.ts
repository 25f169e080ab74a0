// Bytes that grow at their end: bytes, unsigned varints (LEB128, up to 2^53), doubles. Owns one buffer, used again.

const MAX_VARINT_BYTES = 8;

function putVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest > 0x7fff_ffff) {
    bytes[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  rest |= 0;
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

export class ByteSink {
  #bytes = Buffer.allocUnsafe(4096);
  #at = 0;

  begin(): void {
    this.#at = 0;
  }

  /** What was written since `begin`; valid until the next one. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  /** The same from a place on. */
  writtenFrom(start: number): Buffer {
    return this.#bytes.subarray(start, this.#at);
  }

  get length(): number {
    return this.#at;
  }

  /** Leaves room for what is known only later. */
  skip(count: number): void {
    this.#reserve(count);
    this.#at += count;
  }

  /** A byte and a length of four bytes, little end first, into room left before. */
  placeHead(at: number, byte: number, length: number): void {
    this.#bytes[at] = byte;
    this.#bytes.writeUInt32LE(length, at + 1);
  }

  bytes(part: Uint8Array): void {
    this.#reserve(part.length);
    this.#bytes.set(part, this.#at);
    this.#at += part.length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }

  /** `count` times the same. */
  fill(value: number, count: number): void {
    this.#reserve(count);
    this.#bytes.fill(value, this.#at, this.#at + count);
    this.#at += count;
  }

  varint(value: number): void {
    this.#reserve(MAX_VARINT_BYTES);
    this.#at = putVarint(this.#bytes, this.#at, value);
  }

  /** Takes back what was written from `start` on. */
  cut(start: number): void {
    this.#at = start;
  }

  /** Answers false if one of the values cannot be a varint; what was written until then is there. */
  varints(values: Float64Array, from: number, to: number): boolean {
    this.#reserve((to - from) * MAX_VARINT_BYTES);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = from; index < to; index++) {
      const value = values[index]!;
      let rest = value | 0;
      if (rest !== value || rest < 0) {
        if (!(value > 0 && Number.isSafeInteger(value))) return false;
        at = putVarint(bytes, at, value);
        continue;
      }
      while (rest > 0x7f) {
        bytes[at++] = (rest & 0x7f) | 0x80;
        rest >>>= 7;
      }
      bytes[at++] = rest;
    }
    this.#at = at;
    return true;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + count));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}
