// One column of numbers as bytes. Owns the encodings: a column of one value costs a byte or two, whole numbers are varints,
// anything else doubles. Part of the file format.
import type { ByteSink } from './byte-sink.js';
import type { ByteSource } from './byte-source.js';
import { damaged } from './damaged.js';

const ZERO = 0;
const CONSTANT = 1;
const VARINTS = 2;
/** Signed: 0, -1, 1, -2 … */
const ZIGZAG = 3;
const DOUBLES = 4;

export function writeColumn(sink: ByteSink, values: Float64Array, from: number, to: number): void {
  const encoding = encodingOf(values, from, to);
  sink.byte(encoding);
  if (encoding === CONSTANT) sink.varint(values[from]!);
  else if (encoding === VARINTS) sink.varints(values, from, to);
  else if (encoding === DOUBLES) for (let at = from; at < to; at++) sink.double(finite(values[at]!));
  else if (encoding === ZIGZAG) {
    for (let at = from; at < to; at++) sink.varint(values[at]! < 0 ? -values[at]! * 2 - 1 : values[at]! * 2);
  }
}

/** What is no number is not written: it could not be read again. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function encodingOf(values: Float64Array, from: number, to: number): number {
  let least = 0;
  let most = 0;
  let isConstant = true;
  const first = values[from];
  for (let at = from; at < to; at++) {
    const value = values[at]!;
    if (Math.floor(value) !== value) return DOUBLES;
    if (value < least) least = value;
    else if (value > most) most = value;
    if (value !== first) isConstant = false;
  }
  if (least === 0 && most === 0) return ZERO;
  if (least < 0) return -least > MOST_SIGNED || most > MOST_SIGNED ? DOUBLES : ZIGZAG;
  if (most > Number.MAX_SAFE_INTEGER) return DOUBLES;
  return isConstant ? CONSTANT : VARINTS;
}

const MOST_SIGNED = Number.MAX_SAFE_INTEGER / 2;

export function readColumn(source: ByteSource, into: Float64Array, count: number): void {
  const encoding = source.byte();
  if (encoding === ZERO) into.fill(0, 0, count);
  else if (encoding === CONSTANT) into.fill(source.varint(), 0, count);
  else if (encoding === VARINTS) source.varints(into, count);
  else if (encoding === DOUBLES) for (let at = 0; at < count; at++) into[at] = source.double();
  else if (encoding === ZIGZAG) {
    for (let at = 0; at < count; at++) {
      const value = source.varint();
      into[at] = value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    }
  } else throw damaged('a column has an unknown encoding');
}
