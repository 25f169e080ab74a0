// Reads what byte-sink.ts wrote. Owns the checks: nothing is read past the end, nothing is larger than a double holds exactly.
import { damaged } from './damaged.js';

export class ByteSource {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** The next `length` bytes, without a copy. */
  take(length: number): Uint8Array {
    if (length > this.left) throw damaged('it ends too early');
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw damaged('it ends too early');
    this.#at += 1;
    return value;
  }

  varint(): number {
    const bytes = this.#bytes;
    const first = bytes[this.#at];
    if (first === undefined) throw damaged('it ends too early');
    this.#at += 1;
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let factor = 128; factor <= 128 ** 7; factor *= 128) {
      const next = bytes[this.#at];
      if (next === undefined) throw damaged('it ends too early');
      this.#at += 1;
      value += (next & 0x7f) * factor;
      if (next < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
    }
    throw damaged('a number is too large');
  }

  varints(into: Float64Array, count: number): void {
    // A byte a number at least: the loop below does not run away, and mostly needs no other check.
    if (count > this.left) throw damaged('it ends too early');
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = 0; index < count; index++) {
      const first = bytes[at]!;
      const second = bytes[at + 1];
      if (first < 0x80) {
        into[index] = first;
        at += 1;
      } else if (second !== undefined && second < 0x80) {
        into[index] = (first & 0x7f) | (second << 7);
        at += 2;
      } else {
        this.#at = at;
        into[index] = this.varint();
        at = this.#at;
      }
    }
    this.#at = at;
  }

  double(): number {
    if (this.left < 8) throw damaged('it ends too early');
    const value = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, 8).readDoubleLE();
    this.#at += 8;
    if (!Number.isFinite(value)) throw damaged('a number is none');
    return value;
  }
}
