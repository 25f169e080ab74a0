// What was made of hellos of late: the same programs say the same hello all day but for random bytes and names, and to hash it costs ten
// times what it costs to see that. Owns: traits, the bytes a value depends on, and values by them. Must not know what is made of them.
// Bound: `maxEntries` values with at most MAX_TRAIT_BYTES each, all forgotten when full; what is longer is never known.
import { u16 } from './bytes.js';
import { isGrease } from './tls-values.js';

const MAX_TRAIT_BYTES = 1024;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

interface Entry<Value> {
  readonly traits: Buffer;
  readonly value: Value;
}

export class HelloMemory<Value> {
  readonly #known = new Map<number, Entry<Value>>();
  readonly #maxEntries: number;
  readonly #traits = Buffer.alloc(MAX_TRAIT_BYTES);
  #length = 0;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  begin(): void {
    this.#length = 0;
  }

  /** What goes beyond the end is not written, but counted. */
  putU16(value: number): void {
    const at = this.#length;
    this.#traits[at] = value >> 8;
    this.#traits[at + 1] = value & 0xff;
    this.#length = at + 2;
  }

  /** Bytes[start, end) behind their number, so that what is in one list cannot be in the next. */
  putBytes(bytes: Uint8Array, start: number, end: number): void {
    this.putU16(end - start);
    for (let at = start; at < end; at++) this.#traits[this.#length++] = bytes[at]!;
  }

  /** Values of two bytes without GREASE, which is another one in each hello. */
  putValues(bytes: Uint8Array, start: number, end: number): void {
    const traits = this.#traits;
    const first = this.#length + 2;
    let to = first;
    for (let at = start; at < end; at += 2) {
      if (isGrease(u16(bytes, at))) continue;
      traits[to] = bytes[at]!;
      traits[to + 1] = bytes[at + 1]!;
      to += 2;
    }
    this.putU16(to - first);
    this.#length = to;
  }

  /** The types of extensions, without GREASE. */
  putExtensionTypes(bytes: Uint8Array, start: number, end: number): void {
    const traits = this.#traits;
    const first = this.#length + 2;
    let to = first;
    for (let at = start; at < end; at += 4 + u16(bytes, at + 2)) {
      if (isGrease(u16(bytes, at))) continue;
      traits[to] = bytes[at]!;
      traits[to + 1] = bytes[at + 1]!;
      to += 2;
    }
    this.putU16(to - first);
    this.#length = to;
  }

  /** What was remembered for these traits; undefined: nothing, or they are too long. */
  find(): Value | undefined {
    const length = this.#length;
    if (length > MAX_TRAIT_BYTES) return undefined;
    const known = this.#known.get(this.#key());
    // Who wants two hellos to have one key can have that: all bytes decide.
    return known !== undefined && known.traits.compare(this.#traits, 0, length) === 0 ? known.value : undefined;
  }

  remember(value: Value): void {
    if (this.#length > MAX_TRAIT_BYTES) return;
    if (this.#known.size >= this.#maxEntries) this.#known.clear();
    this.#known.set(this.#key(), { traits: Buffer.from(this.#traits.subarray(0, this.#length)), value });
  }

  #key(): number {
    let key = FNV_OFFSET;
    for (let at = 0; at < this.#length; at++) key = Math.imul(key ^ this.#traits[at]!, FNV_PRIME);
    return key;
  }
}
