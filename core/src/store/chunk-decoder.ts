// The buckets of a chunk from bytes; the layout stands in chunk-layout.ts. Owns the checks: whatever the bytes are, the answer is
// buckets or KAIPO_STORE_CORRUPT. Must not know kinds or names. Bound: MAX_CHUNK_ROWS rows, checked before memory is taken.
import { ByteSource } from './byte-source.js';
import { type ChunkSlots, LAYOUT, TAG_CODES } from './chunk-layout.js';
import { readColumn } from './column-codec.js';
import { damaged } from './damaged.js';
import { RowBlock } from './row-block.js';
import { ID_LIMIT, MAX_CHUNK_ROWS } from './store-limits.js';

/** The blocks of a chunk, rows in order of id and tag. Raises KAIPO_STORE_CORRUPT for anything `encodeChunk` does not write. */
export function decodeChunk(bytes: Uint8Array, columns: number, slotCount: number): ChunkSlots {
  const source = new ByteSource(bytes);
  readHead(source, columns);
  const buckets = readBuckets(source, slotCount);
  const ids = readIds(source);
  const tags = readCodes(source, ids.length, false, TAG_CODES);
  const { starts, bucketOf, rows, rowsOf } = readPresence(source, ids.length, buckets.length);
  const values = new Float64Array(rows * columns);
  const codes = new Uint32Array(rows * 2);
  const blocks: RowBlock[] = [];
  let first = 0;
  for (const length of rowsOf) {
    blocks.push(new RowBlock(length, codes, first * 2, values, first * columns));
    first += length;
  }
  fillCodes(blocks, codes, starts, bucketOf, ids, tags);
  const column = new Float64Array(rows);
  const next = new Int32Array(blocks.length);
  for (let number = 0; number < columns; number++) {
    readColumn(source, column, rows);
    for (let bucket = 0; bucket < blocks.length; bucket++) {
      next[bucket] = blocks[bucket]!.valueAt + number * blocks[bucket]!.length;
    }
    for (let place = 0; place < rows; place++) values[next[bucketOf[place]!]!++] = column[place]!;
  }
  if (source.left > 0) throw damaged('it is too long');
  const slots: ChunkSlots = new Array<RowBlock | undefined>(slotCount).fill(undefined);
  buckets.forEach((slot, bucket) => {
    slots[slot] = blocks[bucket]!;
  });
  return slots;
}

/** The ids of a chunk alone; one may come more than once. Raises KAIPO_STORE_CORRUPT. */
export function chunkIds(bytes: Uint8Array, columns: number, slotCount: number): Float64Array {
  const source = new ByteSource(bytes);
  readHead(source, columns);
  readBuckets(source, slotCount);
  return readIds(source);
}

function readHead(source: ByteSource, columns: number): void {
  if (source.byte() !== LAYOUT) throw damaged('it has an unknown layout');
  if (source.byte() !== columns) throw damaged('it has the wrong number of columns');
}

function readIds(source: ByteSource): Float64Array {
  const seriesCount = source.varint();
  // Every series says in a byte at least how often it occurs.
  if (seriesCount > source.left) throw damaged('it has too many series');
  return readCodes(source, seriesCount, true, ID_LIMIT);
}

function readBuckets(source: ByteSource, slotCount: number): number[] {
  const count = source.byte();
  const buckets: number[] = [];
  let before = -1;
  for (let bucket = 0; bucket < count; bucket++) {
    const slot = source.byte();
    if (slot <= before || slot >= slotCount) throw damaged('its buckets are out of order');
    before = slot;
    buckets.push(slot);
  }
  return buckets;
}

function readCodes(source: ByteSource, count: number, areSteps: boolean, limit: number): Float64Array {
  const codes = new Float64Array(count);
  readColumn(source, codes, count);
  let before = 0;
  for (let at = 0; at < count; at++) {
    if (areSteps) codes[at]! += before;
    before = codes[at]!;
    if (!(before >= 0 && before < limit)) throw damaged('an id is out of range');
  }
  return codes;
}

interface Presence {
  /** First place of each series, and one more for the end. */
  readonly starts: Int32Array;
  readonly bucketOf: Uint8Array;
  readonly rows: number;
  /** Rows of each bucket. */
  readonly rowsOf: Int32Array;
}

function readPresence(source: ByteSource, seriesCount: number, buckets: number): Presence {
  const starts = new Int32Array(seriesCount + 1);
  let rows = 0;
  for (let series = 0; series < seriesCount; series++) {
    const count = source.byte();
    if (count === 0 || count > buckets) throw damaged('a series is in more buckets than there are');
    starts[series] = rows;
    rows += count;
  }
  if (rows > MAX_CHUNK_ROWS) throw damaged('it has too many rows');
  starts[seriesCount] = rows;
  const bucketOf = new Uint8Array(rows);
  const rowsOf = new Int32Array(buckets);
  const bitmapBytes = Math.ceil(buckets / 8);
  for (let series = 0; series < seriesCount; series++) {
    readBucketsOf(source, bucketOf, starts[series]!, starts[series + 1]!, buckets, bitmapBytes);
  }
  for (let place = 0; place < rows; place++) rowsOf[bucketOf[place]!]! += 1;
  return { starts, bucketOf, rows, rowsOf };
}

function readBucketsOf(
  source: ByteSource,
  bucketOf: Uint8Array,
  start: number,
  end: number,
  buckets: number,
  bitmapBytes: number,
): void {
  let place = start;
  if (end - start === buckets) {
    for (let bucket = 0; bucket < buckets; bucket++) bucketOf[place++] = bucket;
    return;
  }
  if (end - start <= bitmapBytes) {
    let before = -1;
    while (place < end) {
      const bucket = source.byte();
      if (bucket <= before || bucket >= buckets) throw damaged('the buckets of a series are out of order');
      before = bucket;
      bucketOf[place++] = bucket;
    }
    return;
  }
  for (let byte = 0; byte < bitmapBytes; byte++) {
    const bits = source.byte();
    for (let bit = 0; bit < 8; bit++) {
      if ((bits & (1 << bit)) === 0) continue;
      if (place === end || byte * 8 + bit >= buckets) throw damaged('a series is in more buckets than it says');
      bucketOf[place++] = byte * 8 + bit;
    }
  }
  if (place !== end) throw damaged('a series is in fewer buckets than it says');
}

function fillCodes(
  blocks: readonly RowBlock[],
  codes: Uint32Array,
  starts: Int32Array,
  bucketOf: Uint8Array,
  ids: Float64Array,
  tags: Float64Array,
): void {
  const next = new Int32Array(blocks.length);
  for (let bucket = 0; bucket < blocks.length; bucket++) next[bucket] = blocks[bucket]!.codeAt;
  const lengths = Int32Array.from(blocks, (block) => block.length);
  for (let series = 0; series < ids.length; series++) {
    for (let place = starts[series]!; place < starts[series + 1]!; place++) {
      const bucket = bucketOf[place]!;
      const at = next[bucket]!++;
      codes[at] = ids[series]!;
      codes[at + lengths[bucket]!] = tags[series]!;
    }
  }
}
