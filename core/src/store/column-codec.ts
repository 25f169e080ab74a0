// One column of numbers as bytes. Owns the encodings: a column of one value costs a byte or two, whole numbers are varints,
// anything else doubles. Part of the file format.
import type { ByteSink } from './byte-sink.js';
import type { ByteSource } from './byte-source.js';
import { damaged } from './damaged.js';
import { readWide, type Width, widthOf, writeWide } from './wide-column.js';

const ZERO = 0;
const CONSTANT = 1;
const VARINTS = 2;
/** Signed: 0, -1, 1, -2 … */
const ZIGZAG = 3;
const DOUBLES = 4;
/** Plus the width: 6, 7, 9. */
const WIDE = 5;

export function writeColumn(sink: ByteSink, values: Float64Array, from: number, to: number): void {
  if (writeConstant(sink, values, from, to)) return;
  // Nearly all columns are whole numbers: written while they are looked at.
  const start = sink.length;
  sink.byte(VARINTS);
  if (sink.varints(values, from, to)) return;
  sink.cut(start);
  if (areSigned(values, from, to)) {
    sink.byte(ZIGZAG);
    for (let at = from; at < to; at++) sink.varint(values[at]! < 0 ? -values[at]! * 2 - 1 : values[at]! * 2);
  } else {
    sink.byte(DOUBLES);
    for (let at = from; at < to; at++) sink.double(finite(values[at]!));
  }
}

/** The same, a little longer and much faster to read. */
export function writeWideColumn(sink: ByteSink, values: Float64Array, from: number, to: number): void {
  const width = widthOf(values, from, to);
  if (width === undefined) writeColumn(sink, values, from, to);
  else if (!writeConstant(sink, values, from, to)) {
    sink.byte(WIDE + width);
    writeWide(sink, values, from, to, width);
  }
}

/** If all are the same whole number. Answers whether it has written them. */
function writeConstant(sink: ByteSink, values: Float64Array, from: number, to: number): boolean {
  const first = from < to ? values[from]! : 0;
  for (let at = from + 1; at < to; at++) if (values[at] !== first) return false;
  if (first === 0) sink.byte(ZERO);
  else if (first > 0 && Number.isSafeInteger(first)) {
    sink.byte(CONSTANT);
    sink.varint(first);
  } else return false;
  return true;
}

/** What is no number is not written: it could not be read again. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function areSigned(values: Float64Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const value = values[at]!;
    if (Math.floor(value) !== value || Math.abs(value) > MOST_SIGNED) return false;
  }
  return true;
}

const MOST_SIGNED = Number.MAX_SAFE_INTEGER / 2;

function isWide(encoding: number): boolean {
  return encoding === WIDE + 1 || encoding === WIDE + 2 || encoding === WIDE + 4;
}

/** `count` values, into `into` from `at` on. */
export function readColumn(source: ByteSource, into: Float64Array, count: number, at: number): void {
  const encoding = source.byte();
  if (encoding === ZERO) into.fill(0, at, at + count);
  else if (encoding === CONSTANT) into.fill(source.varint(), at, at + count);
  else if (encoding === VARINTS) source.varints(into, at, count);
  else if (isWide(encoding)) readWide(source, into, count, at, (encoding - WIDE) as Width);
  else if (encoding === DOUBLES) for (let index = at; index < at + count; index++) into[index] = source.double();
  else if (encoding === ZIGZAG) {
    for (let index = at; index < at + count; index++) {
      const value = source.varint();
      into[index] = value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    }
  } else throw damaged('a column has an unknown encoding');
}
