// HPACK: the header fields of HTTP/2, one side of a connection. Owns: the dynamic table of that side. Must not know: frames, streams.
// Bound: a table of at most MAX_TABLE_BYTES as RFC 7541 counts them, MAX_FIELD_BYTES kept of each text, MAX_FIELDS a block.
// RFC 7541. A decoder that missed the beginning (`forget`) goes on: fields it cannot know are left out.
import { decodeHuffman, HUFFMAN_BAD } from './hpack-huffman.js';
import { HPACK_STATIC } from './hpack-static.js';
import { MAX_FIELD_BYTES, textOf } from './http1-message.js';

/** Chrome and Firefox allow servers a table of 65,536 bytes. */
const MAX_TABLE_BYTES = 65_536;
const FIRST_TABLE_BYTES = 4_096;
/** RFC 7541 section 4.1. */
const ENTRY_OVERHEAD = 32;
/** Fields of one block that are read. */
const MAX_FIELDS = 512;
const STATIC_ENTRIES = HPACK_STATIC.length - 1;

interface Entry {
  readonly name: string;
  readonly value: string;
  readonly bytes: number;
}

/** Scratch of all decoders. */
const decoded = new Uint8Array(MAX_FIELD_BYTES);

export type FieldSink = (name: string, value: string) => void;

export class HpackDecoder {
  /** The oldest entry first. */
  readonly #table: Entry[] = [];
  #tableBytes = 0;
  #maxBytes = FIRST_TABLE_BYTES;
  /** The table has older entries that were not seen. */
  #isPartial = false;
  #bytes: Uint8Array = decoded;
  #at = 0;
  #end = 0;
  /** Length of the text read last, before it was cut. */
  #textBytes = 0;

  /** Blocks were lost: indexes into what is unknown are no error from now on. */
  forget(): void {
    this.#table.length = 0;
    this.#tableBytes = 0;
    this.#isPartial = true;
  }

  /** One whole header block in [start, end). @returns false when it is none; then the table is no longer right. */
  decode(bytes: Uint8Array, start: number, end: number, field: FieldSink): boolean {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    let fields = 0;
    while (this.#at < end) {
      if (++fields > MAX_FIELDS || !this.#decodeOne(bytes[this.#at]!, field)) return false;
    }
    return true;
  }

  get tableBytes(): number {
    return this.#tableBytes;
  }

  #decodeOne(first: number, field: FieldSink): boolean {
    if ((first & 0x80) !== 0) return this.#indexed(this.#integer(7), field);
    if ((first & 0xc0) === 0x40) return this.#literal(this.#integer(6), true, field);
    if ((first & 0xe0) === 0x20) return this.#resize(this.#integer(5));
    return this.#literal(this.#integer(4), false, field);
  }

  #indexed(index: number, field: FieldSink): boolean {
    if (index <= 0) return false;
    if (index <= STATIC_ENTRIES) {
      const [name, value] = HPACK_STATIC[index]!;
      field(name, value);
      return true;
    }
    const entry = this.#table[this.#table.length - (index - STATIC_ENTRIES)];
    if (entry === undefined) return this.#isPartial;
    if (entry.name !== '') field(entry.name, entry.value);
    return true;
  }

  #literal(index: number, isKept: boolean, field: FieldSink): boolean {
    if (index < 0) return false;
    const name = index === 0 ? this.#text() : this.#nameAt(index);
    if (name === undefined) return false;
    const nameBytes = index === 0 ? this.#textBytes : name.length;
    const value = this.#text();
    if (value === undefined) return false;
    if (isKept) this.#add({ name, value, bytes: nameBytes + this.#textBytes + ENTRY_OVERHEAD });
    if (name !== '') field(name, value);
    return true;
  }

  /** '' for a name that cannot be known. */
  #nameAt(index: number): string | undefined {
    if (index <= STATIC_ENTRIES) return HPACK_STATIC[index]![0];
    return this.#table[this.#table.length - (index - STATIC_ENTRIES)]?.name ?? (this.#isPartial ? '' : undefined);
  }

  #resize(size: number): boolean {
    if (size < 0 || size > MAX_TABLE_BYTES) return false;
    this.#maxBytes = size;
    this.#evict(size);
    return true;
  }

  #add(entry: Entry): void {
    this.#evict(this.#maxBytes - entry.bytes);
    if (entry.bytes > this.#maxBytes) return;
    this.#table.push(entry);
    this.#tableBytes += entry.bytes;
  }

  #evict(allowedBytes: number): void {
    let gone = 0;
    while (gone < this.#table.length && this.#tableBytes > allowedBytes) this.#tableBytes -= this.#table[gone++]!.bytes;
    if (gone > 0) this.#table.splice(0, gone);
  }

  /** RFC 7541 section 5.1. @returns -1 when it is cut or larger than 2^31. */
  #integer(prefixBits: number): number {
    const limit = (1 << prefixBits) - 1;
    let value = this.#bytes[this.#at++]! & limit;
    if (value < limit) return value;
    for (let factor = 1; factor <= 2 ** 28 && this.#at < this.#end; factor *= 128) {
      const byte = this.#bytes[this.#at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value < 2 ** 31 ? value : -1;
    }
    return -1;
  }

  /** RFC 7541 section 5.2. */
  #text(): string | undefined {
    if (this.#at >= this.#end) return undefined;
    const isHuffman = (this.#bytes[this.#at]! & 0x80) !== 0;
    const length = this.#integer(7);
    const start = this.#at;
    if (length < 0 || length > this.#end - start) return undefined;
    this.#at += length;
    this.#textBytes = length;
    if (!isHuffman) return textOf(this.#bytes, start, start + length);
    const textBytes = decodeHuffman(this.#bytes, start, start + length, decoded);
    if (textBytes === HUFFMAN_BAD) return undefined;
    this.#textBytes = textBytes;
    return textOf(decoded, 0, Math.min(textBytes, decoded.length));
  }
}
