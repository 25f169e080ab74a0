// The buckets of a chunk from bytes; the layout stands in chunk-layout.ts. Owns the checks: whatever the bytes are, the answer is
// buckets or KAIPO_STORE_CORRUPT. Must not know kinds or names. Bound: MAX_CHUNK_ROWS rows, checked before memory is taken.
import { ByteSource } from './byte-source.js';
import { type ChunkSlots, LAYOUT, TAG_CODES } from './chunk-layout.js';
import { ChunkMemory } from './chunk-memory.js';
import { readColumn } from './column-codec.js';
import { damaged } from './damaged.js';
import { RowBlock } from './row-block.js';
import { ID_LIMIT, MAX_CHUNK_ROWS } from './store-limits.js';

/** What a chunk holds: numbers of its buckets, how many series, how many places (rows). The rest lies in the memory. */
export interface ChunkRows {
  readonly slots: readonly number[];
  readonly series: number;
  readonly places: number;
}

/**
 * A chunk series by series into `memory`, of its columns only the first `wanted`: the rest is not looked at.
 * Raises KAIPO_STORE_CORRUPT for anything `encodeChunk` does not write.
 */
export function readChunkRows(
  bytes: Uint8Array,
  columns: number,
  slotCount: number,
  wanted: number,
  memory: ChunkMemory,
): ChunkRows {
  const source = new ByteSource(bytes);
  const chunk = readPlaces(source, columns, slotCount, memory);
  const { places } = chunk;
  memory.reserveValues(places * wanted);
  for (let column = 0; column < wanted; column++) readColumn(source, memory.values, places, column * places);
  if (wanted === columns && source.left > 0) throw damaged('it is too long');
  return chunk;
}

/** The blocks of a chunk, rows in order of id and tag. Raises KAIPO_STORE_CORRUPT for anything `encodeChunk` does not write. */
export function decodeChunk(bytes: Uint8Array, columns: number, slotCount: number): ChunkSlots {
  const source = new ByteSource(bytes);
  const memory = new ChunkMemory();
  const { slots: buckets, series, places } = readPlaces(source, columns, slotCount, memory);
  const { bucketOf } = memory;
  const rowsOf = new Int32Array(buckets.length);
  for (let place = 0; place < places; place++) rowsOf[bucketOf[place]!]! += 1;
  const values = new Float64Array(places * columns);
  const codes = new Uint32Array(places * 2);
  const blocks: RowBlock[] = [];
  let first = 0;
  for (const length of rowsOf) {
    blocks.push(new RowBlock(length, codes, first * 2, values, first * columns));
    first += length;
  }
  fillCodes(blocks, codes, memory, series);
  memory.reserveValues(places);
  const column = memory.values;
  const next = new Int32Array(blocks.length);
  for (let number = 0; number < columns; number++) {
    readColumn(source, column, places, 0);
    for (let bucket = 0; bucket < blocks.length; bucket++) {
      next[bucket] = blocks[bucket]!.valueAt + number * blocks[bucket]!.length;
    }
    for (let place = 0; place < places; place++) values[next[bucketOf[place]!]!++] = column[place]!;
  }
  if (source.left > 0) throw damaged('it is too long');
  const slots: ChunkSlots = new Array<RowBlock | undefined>(slotCount).fill(undefined);
  buckets.forEach((slot, bucket) => {
    slots[slot] = blocks[bucket]!;
  });
  return slots;
}

/** The ids of a chunk alone; one may come more than once. Raises KAIPO_STORE_CORRUPT. */
export function chunkIds(bytes: Uint8Array, columns: number, slotCount: number): Int32Array {
  const source = new ByteSource(bytes);
  const memory = new ChunkMemory();
  readHead(source, columns);
  readBuckets(source, slotCount);
  const series = readIds(source, memory);
  return memory.ids.subarray(0, series);
}

/** Everything but the values. */
function readPlaces(source: ByteSource, columns: number, slotCount: number, memory: ChunkMemory): ChunkRows {
  readHead(source, columns);
  const slots = readBuckets(source, slotCount);
  const series = readIds(source, memory);
  readColumn(source, memory.values, series, 0);
  for (let at = 0; at < series; at++) {
    const tag = memory.values[at]!;
    if (!(tag >= 0 && tag < TAG_CODES)) throw damaged('a tag is out of range');
    memory.tags[at] = tag;
  }
  const places = readCounts(source, series, slots.length, memory);
  memory.reservePlaces(places);
  readBucketsOf(source, series, slots.length, memory);
  return { slots, series, places };
}

function readHead(source: ByteSource, columns: number): void {
  if (source.byte() !== LAYOUT) throw damaged('it has an unknown layout');
  if (source.byte() !== columns) throw damaged('it has the wrong number of columns');
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

function readIds(source: ByteSource, memory: ChunkMemory): number {
  const series = source.varint();
  // Every series says in a byte at least how often it occurs.
  if (series > source.left) throw damaged('it has too many series');
  memory.reserveSeries(series);
  memory.reserveValues(series);
  const { ids, values: steps } = memory;
  readColumn(source, steps, series, 0);
  let id = 0;
  for (let at = 0; at < series; at++) {
    id += steps[at]!;
    if (!(id >= 0 && id < ID_LIMIT)) throw damaged('an id is out of range');
    ids[at] = id;
  }
  return series;
}

/** How many places each series has, and so where they begin and end. Answers how many there are. */
function readCounts(source: ByteSource, series: number, buckets: number, { from, to }: ChunkMemory): number {
  const counts = source.take(series);
  let places = 0;
  for (let at = 0; at < series; at++) {
    const count = counts[at]!;
    if (count === 0 || count > buckets) throw damaged('a series is in more buckets than there are');
    from[at] = places;
    places += count;
    to[at] = places;
  }
  if (places > MAX_CHUNK_ROWS) throw damaged('it has too many rows');
  return places;
}

function readBucketsOf(source: ByteSource, series: number, buckets: number, memory: ChunkMemory): void {
  const { from, to, bucketOf } = memory;
  const { bytes } = source;
  const bitmapBytes = Math.ceil(buckets / 8);
  let at = source.at;
  for (let number = 0; number < series; number++) {
    const end = to[number]!;
    let place = from[number]!;
    const count = end - place;
    if (count === buckets) {
      for (let bucket = 0; bucket < buckets; bucket++) bucketOf[place++] = bucket;
    } else if (count <= bitmapBytes) {
      let before = -1;
      while (place < end) {
        // Behind the end there is no number at all, which is not below anything either.
        const bucket = bytes[at++]!;
        if (!(bucket > before && bucket < buckets)) throw damaged('the buckets of a series are out of order');
        before = bucket;
        bucketOf[place++] = bucket;
      }
    } else {
      for (let first = 0; first < buckets; first += 8) {
        for (let bits = bytes[at++] ?? 0; bits !== 0; bits &= bits - 1) {
          const bucket = first + 31 - Math.clz32(bits & -bits);
          if (place === end || bucket >= buckets) throw damaged('a series is in more buckets than it says');
          bucketOf[place++] = bucket;
        }
      }
      if (place !== end) throw damaged('a series is in fewer buckets than it says');
    }
  }
  source.moveTo(at);
}

function fillCodes(blocks: readonly RowBlock[], codes: Uint32Array, memory: ChunkMemory, series: number): void {
  const { ids, tags, from, to, bucketOf } = memory;
  const next = new Int32Array(blocks.length);
  for (let bucket = 0; bucket < blocks.length; bucket++) next[bucket] = blocks[bucket]!.codeAt;
  const lengths = Int32Array.from(blocks, (block) => block.length);
  for (let number = 0; number < series; number++) {
    for (let place = from[number]!; place < to[number]!; place++) {
      const bucket = bucketOf[place]!;
      const at = next[bucket]!++;
      codes[at] = ids[number]!;
      codes[at + lengths[bucket]!] = tags[number]!;
    }
  }
}
