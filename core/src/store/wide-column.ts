// A column of whole numbers of one width, for what is read far more often than written: read at once instead of number by number.
// Owns that encoding: how many numbers need more, the low bytes of all, then for those that need more the step to it and what
// stands above. Part of the file format, little end first.
import { endianness } from 'node:os';
import type { ByteSink } from './byte-sink.js';
import type { ByteSource } from './byte-source.js';
import { damaged } from './damaged.js';

export type Width = 1 | 2 | 4;
const WIDTHS: readonly Width[] = [1, 2, 4];
/** Bytes of one that needs more: a step and a small number. */
const EXCEPTION_BYTES = 4;
const IS_BIG_ENDIAN = endianness() === 'BE';

/** The width that takes the least room; undefined if not every number is whole and at least 0. */
export function widthOf(values: Float64Array, from: number, to: number): Width | undefined {
  let over1 = 0;
  let over2 = 0;
  let over4 = 0;
  for (let at = from; at < to; at++) {
    const value = values[at]!;
    if (value < 0x100 && value >= 0 && Math.floor(value) === value) continue;
    if (!(value > 0 && Number.isSafeInteger(value))) return undefined;
    over1 += 1;
    if (value >= 0x1_0000) over2 += 1;
    if (value >= 0x1_0000_0000) over4 += 1;
  }
  const over = [over1, over2, over4];
  const bytes = WIDTHS.map((width, index) => (to - from) * width + over[index]! * EXCEPTION_BYTES);
  return WIDTHS[bytes.indexOf(Math.min(...bytes))];
}

export function writeWide(sink: ByteSink, values: Float64Array, from: number, to: number, width: Width): void {
  const limit = 256 ** width;
  let exceptions = 0;
  for (let at = from; at < to; at++) if (values[at]! >= limit) exceptions += 1;
  sink.varint(exceptions);
  sink.bytes(lowBytes(values.subarray(from, to), width));
  if (exceptions === 0) return;
  let before = from;
  for (let at = from; at < to; at++) {
    if (values[at]! < limit) continue;
    sink.varint(at - before);
    sink.varint(Math.floor(values[at]! / limit));
    before = at;
  }
}

/** Raises KAIPO_STORE_CORRUPT for what `writeWide` does not write. */
export function readWide(source: ByteSource, into: Float64Array, count: number, from: number, width: Width): void {
  const exceptions = source.varint();
  if (exceptions > count) throw damaged('more numbers are large than there are');
  into.set(fromLowBytes(source.take(count * width), width), from);
  const limit = 256 ** width;
  let at = from;
  for (let left = exceptions; left > 0; left--) {
    at += source.varint();
    if (at >= from + count) throw damaged('a large number is not of its column');
    into[at]! += source.varint() * limit;
    if (!(into[at]! <= Number.MAX_SAFE_INTEGER)) throw damaged('a number is too large');
  }
}

/** Conversion to whole numbers keeps the low bytes (ECMA-262, ToUint32). */
function lowBytes(values: Float64Array, width: Width): Uint8Array {
  if (width === 1) return new Uint8Array(values);
  const { buffer } = width === 2 ? new Uint16Array(values) : new Uint32Array(values);
  return littleEnd(Buffer.from(buffer), width);
}

function fromLowBytes(bytes: Uint8Array, width: Width): Uint8Array | Uint16Array | Uint32Array {
  if (width === 1) return bytes;
  // A copy: numbers of more than a byte must lie on a multiple of their width.
  const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  littleEnd(Buffer.from(copy), width);
  return width === 2 ? new Uint16Array(copy) : new Uint32Array(copy);
}

function littleEnd(bytes: Buffer, width: Width): Buffer {
  if (!IS_BIG_ENDIAN) return bytes;
  return width === 2 ? bytes.swap16() : bytes.swap32();
}
