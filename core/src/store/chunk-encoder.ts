// All buckets of one kind that lie in one bucket of the next resolution, to bytes; the layout stands in chunk-layout.ts.
// Must not know kinds or names. Bound: working memory that grows with the largest chunk written.
import type { ByteSink } from './byte-sink.js';
import { type ChunkSlots, LAYOUT, TAG_CODES } from './chunk-layout.js';
import { writeColumn, writeWideColumn } from './column-codec.js';
import type { RowBlock } from './row-block.js';
import { RowIndex } from './row-index.js';

/** A series in a sort key: (id * TAG_CODES + tag) * INDEX_CODES + index stays below 2^53. */
const INDEX_CODES = 524_288;
const MOST_INSERTED = 24;

// Working memory of `encodeChunk`, used again.
const index = new RowIndex();
let scratch = new Float64Array(1024);
let seriesOfRow = new Int32Array(256);
let bucketOfPlace = new Uint8Array(256);
let counts = new Int32Array(256);
let next = new Int32Array(256);
let sortKeys = new Float64Array(256);
let order = new Int32Array(256);
let seriesIds = new Uint32Array(256);
let seriesTags = new Uint32Array(256);

/** Appends the chunk to `sink`. `isWide`: values so that they are read fast; see wide-column.ts. */
export function encodeChunk(sink: ByteSink, slots: ChunkSlots, columns: number, isWide = false): void {
  const buckets: number[] = [];
  let rows = 0;
  for (let slot = 0; slot < slots.length; slot++) {
    const length = slots[slot]?.length ?? 0;
    if (length > 0) buckets.push(slot);
    rows += length;
  }
  sink.byte(LAYOUT);
  sink.byte(columns);
  sink.byte(buckets.length);
  for (const slot of buckets) sink.byte(slot);
  if (buckets.length === 1) writeLoneBlock(sink, slots[buckets[0]!]!, columns);
  else writeBlocks(sink, slots, buckets, columns, rows, isWide);
}

/** An interval of a minute stands alone in a chunk of seconds and in one of ten seconds: the same bytes, made once. */
function writeLoneBlock(sink: ByteSink, block: RowBlock, columns: number): void {
  if (block.lone !== undefined) {
    sink.bytes(block.lone);
    return;
  }
  const start = sink.length;
  const { length, codes, codeAt, values, valueAt } = block;
  makeRoom(length);
  // Rows of one block are different series.
  for (let row = 0; row < length; row++) {
    seriesIds[row] = codes[codeAt + row]!;
    seriesTags[row] = codes[codeAt + length + row]!;
  }
  writeSeries(sink, length);
  sink.fill(1, length);
  for (let column = 0; column < columns; column++) {
    const from = valueAt + column * length;
    for (let rank = 0; rank < length; rank++) scratch[rank] = values[from + order[rank]!]!;
    writeColumn(sink, scratch, 0, length);
  }
  block.lone = Buffer.from(sink.writtenFrom(start));
}

function writeBlocks(
  sink: ByteSink,
  slots: ChunkSlots,
  buckets: readonly number[],
  columns: number,
  rows: number,
  isWide: boolean,
): void {
  const series = numberSeries(slots, buckets, rows);
  writeSeries(sink, series);
  placeRows(slots, buckets, series, columns, rows);
  writePresence(sink, series, buckets.length);
  const write = isWide ? writeWideColumn : writeColumn;
  for (let column = 0; column < columns; column++) write(sink, scratch, column * rows, (column + 1) * rows);
}

/** Which series each row is, and how many rows each has. Answers how many series. */
function numberSeries(slots: ChunkSlots, buckets: readonly number[], rows: number): number {
  if (seriesOfRow.length < rows) {
    seriesOfRow = new Int32Array(rows * 2);
    bucketOfPlace = new Uint8Array(rows * 2);
  }
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
  if (scratch.length < series) scratch = new Float64Array(series * 2);
  if (counts.length >= series) return;
  counts = new Int32Array(series * 2);
  next = new Int32Array(series * 2);
  sortKeys = new Float64Array(series * 2);
  order = new Int32Array(series * 2);
  seriesIds = new Uint32Array(series * 2);
  seriesTags = new Uint32Array(series * 2);
}

/** How many series and which, in order of id and tag; `order` then says which comes at each rank. */
function writeSeries(sink: ByteSink, series: number): void {
  sortSeries(series);
  sink.varint(series);
  let before = 0;
  for (let rank = 0; rank < series; rank++) {
    const id = seriesIds[order[rank]!]!;
    scratch[rank] = id - before;
    before = id;
  }
  writeColumn(sink, scratch, 0, series);
  for (let rank = 0; rank < series; rank++) scratch[rank] = seriesTags[order[rank]!]!;
  writeColumn(sink, scratch, 0, series);
}

function sortSeries(series: number): void {
  for (let number = 0; number < series; number++) {
    sortKeys[number] = (seriesIds[number]! * TAG_CODES + seriesTags[number]!) * INDEX_CODES + number;
  }
  if (series > MOST_INSERTED) sortKeys.subarray(0, series).sort();
  else sortFew(sortKeys, series);
  for (let rank = 0; rank < series; rank++) {
    const key = sortKeys[rank]!;
    // Exact: a power of two. The remainder of doubles is slow.
    order[rank] = key - Math.floor(key / INDEX_CODES) * INDEX_CODES;
  }
}

/** Of few, calling the sort of the engine takes longer than sorting. */
function sortFew(keys: Float64Array, count: number): void {
  for (let end = 1; end < count; end++) {
    const key = keys[end]!;
    let at = end;
    for (; at > 0 && keys[at - 1]! > key; at--) keys[at] = keys[at - 1]!;
    keys[at] = key;
  }
}

/** Brings the values into series order, and notes which bucket each came from. */
function placeRows(
  slots: ChunkSlots,
  buckets: readonly number[],
  seriesCount: number,
  columns: number,
  rows: number,
): void {
  if (scratch.length < rows * columns) scratch = new Float64Array(rows * columns * 2);
  let place = 0;
  for (let rank = 0; rank < seriesCount; rank++) {
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

function writePresence(sink: ByteSink, seriesCount: number, buckets: number): void {
  const bitmapBytes = Math.ceil(buckets / 8);
  for (let rank = 0; rank < seriesCount; rank++) sink.byte(counts[order[rank]!]!);
  const bitmap = new Uint8Array(bitmapBytes);
  let place = 0;
  for (let rank = 0; rank < seriesCount; rank++) {
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
    for (let byte = 0; byte < bitmapBytes; byte++) sink.byte(bitmap[byte]!);
  }
}
