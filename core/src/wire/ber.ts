// BER and DER elements (ITU-T X.690): tag, definite length, content. Owns: finding elements and small numbers. Must not know what
// they mean. Bound: tags of one byte, lengths of at most four bytes; whatever else is there is answered -1.
/** @hot */

export const BER_INTEGER = 0x02;
export const BER_OCTETS = 0x04;
export const BER_OID = 0x06;
export const BER_ENUMERATED = 0x0a;
export const BER_SEQUENCE = 0x30;
/** Elements a search looks at before it gives up. */
const MAX_SIBLINGS = 64;

/** Offset of the content of the element at `at`, or -1 when its tag and length are not all there or of another kind. */
export function berContentAt(bytes: Uint8Array, at: number, end: number): number {
  if (at < 0 || at + 2 > end || (bytes[at]! & 0x1f) === 0x1f) return -1;
  const first = bytes[at + 1]!;
  if (first < 0x80) return at + 2;
  const count = first & 0x7f;
  return count === 0 || count > 4 || at + 2 + count > end ? -1 : at + 2 + count;
}

/** Where the element at `at` ends: may be after `end`. -1 as above. */
export function berEnd(bytes: Uint8Array, at: number, end: number): number {
  const content = berContentAt(bytes, at, end);
  if (content < 0) return -1;
  let length = bytes[at + 1]!;
  if (length >= 0x80) {
    length = 0;
    for (let i = at + 2; i < content; i++) length = length * 256 + bytes[i]!;
  }
  return content + length;
}

/** The element at `at`, when its tag is `tag` and it ends at `end` or before: where it ends, else -1. */
export function berEndOf(bytes: Uint8Array, at: number, end: number, tag: number): number {
  if (at < 0 || at >= end || bytes[at] !== tag) return -1;
  const stop = berEnd(bytes, at, end);
  return stop > end ? -1 : stop;
}

/** The value of an INTEGER or ENUMERATED of one to five bytes below 2^32, else -1: negative, too long, another tag, cut. */
export function berUint(bytes: Uint8Array, at: number, end: number, tag: number = BER_INTEGER): number {
  const stop = berEndOf(bytes, at, end, tag);
  const length = stop - at - 2;
  if (stop < 0 || length < 1 || length > 5 || bytes[at + 2]! >= 0x80) return -1;
  if (length === 5 && bytes[at + 2] !== 0) return -1;
  let value = 0;
  for (let i = at + 2; i < stop; i++) value = value * 256 + bytes[i]!;
  return value;
}

/** Offset of the first element with `tag` among those in the content [at, end), else -1. */
export function berFind(bytes: Uint8Array, at: number, end: number, tag: number): number {
  let next = at;
  for (let i = 0; i < MAX_SIBLINGS && next >= 0 && next < end; i++) {
    if (bytes[next] === tag) return next;
    next = berEnd(bytes, next, end);
  }
  return -1;
}

/** Offset of the first element with `tag` inside the constructed element at `at`, else -1. */
export function berChild(bytes: Uint8Array, at: number, end: number, tag: number): number {
  const content = berContentAt(bytes, at, end);
  if (content < 0) return -1;
  return berFind(bytes, content, Math.min(berEnd(bytes, at, end), end), tag);
}
