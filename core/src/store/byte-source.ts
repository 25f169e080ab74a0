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

  /** For loops that read byte by byte: everything, where it stands, and how far such a loop has come. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get at(): number {
    return this.#at;
  }

  moveTo(at: number): void {
    if (at > this.#bytes.length) throw damaged('it ends too early');
    this.#at = at;
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

  /** `count` numbers, into `into` from `from` on. */
  varints(into: Float64Array, from: number, count: number): void {
    // A byte a number at least: the loop below does not run away. Behind the end it finds bytes that are not below 0x80, and
    // leaves it to `varint` to say so.
    if (count > this.left) throw damaged('it ends too early');
    const bytes = this.#bytes;
    const end = from + count;
    let at = this.#at;
    for (let index = from; index < end; index++) {
      const start = at;
      let byte = bytes[at++]!;
      if (byte < 0x80) {
        into[index] = byte;
        continue;
      }
      let value = byte & 0x7f;
      byte = bytes[at++]!;
      if (byte < 0x80) {
        into[index] = value | (byte << 7);
        continue;
      }
      value |= (byte & 0x7f) << 7;
      byte = bytes[at++]!;
      if (byte < 0x80) {
        into[index] = value | (byte << 14);
        continue;
      }
      value |= (byte & 0x7f) << 14;
      byte = bytes[at++]!;
      if (byte < 0x80) {
        into[index] = value | (byte << 21);
        continue;
      }
      this.#at = start;
      into[index] = this.varint();
      at = this.#at;
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
