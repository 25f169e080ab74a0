// All buckets of one kind that lie in one bucket of the next resolution, to bytes; the layout stands in chunk-layout.ts.
// Must not know kinds or names. Bound: working memory that grows with the largest chunk written.
import type { ByteSink } from './byte-sink.js';
import { type ChunkSlots, LAYOUT, TAG_CODES } from './chunk-layout.js';
import { writeColumn } from './column-codec.js';
import type { RowBlock } from './row-block.js';
import { RowIndex } from './row-index.js';

/** A series in a sort key: (id * TAG_CODES + tag) * INDEX_CODES + index stays below 2^53. */
const INDEX_CODES = 524_288;

// Working memory of `encodeChunk`, used again.
const index = new RowIndex();
let scratch = new Float64Array(1024);
let seriesOfRow = new Int32Array(256);
let bucketOfPlace = new Uint8Array(256);
let counts = new Int32Array(256);
let next = new Int32Array(256);
let sortKeys = new Float64Array(256);
let seriesIds = new Uint32Array(256);
let seriesTags = new Uint32Array(256);

/** Appends the chunk to `sink`. */
export function encodeChunk(sink: ByteSink, slots: ChunkSlots, columns: number): void {
  const buckets: number[] = [];
  let rows = 0;
  slots.forEach((block, slot) => {
    if (block === undefined || block.length === 0) return;
    buckets.push(slot);
    rows += block.length;
  });
  const order = numberSeries(slots, buckets, rows);
  sink.byte(LAYOUT);
  sink.byte(columns);
  sink.byte(buckets.length);
  for (const slot of buckets) sink.byte(slot);
  sink.varint(order.length);
  writeCodes(sink, order);
  placeRows(slots, buckets, order, columns, rows);
  writePresence(sink, order, buckets.length);
  for (let column = 0; column < columns; column++) writeColumn(sink, scratch, column * rows, (column + 1) * rows);
}

/** Which series each row is, and how many rows each has. Answers the series in order of id and tag. */
function numberSeries(slots: ChunkSlots, buckets: readonly number[], rows: number): Float64Array {
  if (seriesOfRow.length < rows) {
    seriesOfRow = new Int32Array(rows * 2);
    bucketOfPlace = new Uint8Array(rows * 2);
  }
  const series = buckets.length === 1 ? numberRows(slots[buckets[0]!]!) : numberBuckets(slots, buckets, rows);
  for (let number = 0; number < series; number++) {
    sortKeys[number] = (seriesIds[number]! * TAG_CODES + seriesTags[number]!) * INDEX_CODES + number;
  }
  const order = sortKeys.subarray(0, series);
  order.sort();
  for (let rank = 0; rank < series; rank++) order[rank] = order[rank]! % INDEX_CODES;
  return order;
}

/** Rows of one block are different series. */
function numberRows({ length, codes, codeAt }: RowBlock): number {
  makeRoom(length);
  for (let row = 0; row < length; row++) {
    seriesOfRow[row] = row;
    counts[row] = 1;
    seriesIds[row] = codes[codeAt + row]!;
    seriesTags[row] = codes[codeAt + length + row]!;
  }
  return length;
}

function numberBuckets(slots: ChunkSlots, buckets: readonly number[], rows: number): number {
  index.begin(Math.ceil(rows / 4));
  let at = 0;
  for (const slot of buckets) {
    const { length, codes, codeAt } = slots[slot]!;
    for (let row = 0; row < length; row++) {
      seriesOfRow[at++] = index.indexOf(codes[codeAt + row]!, codes[codeAt + length + row]!);
    }
  }
  const series = index.length;
  makeRoom(series);
  counts.fill(0, 0, series);
  for (let row = 0; row < rows; row++) counts[seriesOfRow[row]!]! += 1;
  index.copyCodes(seriesIds, seriesTags);
  return series;
}

function makeRoom(series: number): void {
  if (counts.length >= series) return;
  counts = new Int32Array(series * 2);
  next = new Int32Array(series * 2);
  sortKeys = new Float64Array(series * 2);
  seriesIds = new Uint32Array(series * 2);
  seriesTags = new Uint32Array(series * 2);
}

function writeCodes(sink: ByteSink, order: Float64Array): void {
  if (scratch.length < order.length) scratch = new Float64Array(order.length * 2);
  let before = 0;
  for (let rank = 0; rank < order.length; rank++) {
    const id = seriesIds[order[rank]!]!;
    scratch[rank] = id - before;
    before = id;
  }
  writeColumn(sink, scratch, 0, order.length);
  for (let rank = 0; rank < order.length; rank++) scratch[rank] = seriesTags[order[rank]!]!;
  writeColumn(sink, scratch, 0, order.length);
}

/** Brings the values into series order, and notes which bucket each came from. */
function placeRows(
  slots: ChunkSlots,
  buckets: readonly number[],
  order: Float64Array,
  columns: number,
  rows: number,
): void {
  if (scratch.length < rows * columns) scratch = new Float64Array(rows * columns * 2);
  let place = 0;
  for (let rank = 0; rank < order.length; rank++) {
    const series = order[rank]!;
    next[series] = place;
    place += counts[series]!;
  }
  let at = 0;
  for (let bucket = 0; bucket < buckets.length; bucket++) {
    const { length, values, valueAt } = slots[buckets[bucket]!]!;
    for (let row = 0; row < length; row++) {
      const series = seriesOfRow[at++]!;
      const to = next[series]!++;
      bucketOfPlace[to] = bucket;
      for (let column = 0; column < columns; column++) {
        scratch[column * rows + to] = values[valueAt + column * length + row]!;
      }
    }
  }
}

function writePresence(sink: ByteSink, order: Float64Array, buckets: number): void {
  const bitmapBytes = Math.ceil(buckets / 8);
  for (let rank = 0; rank < order.length; rank++) sink.byte(counts[order[rank]!]!);
  if (buckets === 1) return;
  const bitmap = new Uint8Array(bitmapBytes);
  let place = 0;
  for (let rank = 0; rank < order.length; rank++) {
    const series = order[rank]!;
    const end = place + counts[series]!;
    if (counts[series] === buckets) {
      place = end;
      continue;
    }
    if (counts[series]! <= bitmapBytes) {
      while (place < end) sink.byte(bucketOfPlace[place++]!);
      continue;
    }
    bitmap.fill(0);
    while (place < end) {
      const bucket = bucketOfPlace[place++]!;
      bitmap[bucket >> 3]! |= 1 << (bucket & 7);
    }
    for (const byte of bitmap) sink.byte(byte);
  }
}
