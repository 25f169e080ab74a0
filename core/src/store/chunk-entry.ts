// An entry of the file as chunks by kind: sections of (kind, length, chunk). Owns that layout, part of the file format.
// Must not know lmdb.
import { BYTES_HEAD, decodeBytes, encodeBytes } from './block-codec.js';
import { columnsOf, SERIES_COLUMNS } from './bucket-block.js';
import { ByteSink } from './byte-sink.js';
import { type ChunkRows, chunkIds, decodeChunk, readChunkRows } from './chunk-decoder.js';
import { encodeChunk } from './chunk-encoder.js';
import type { ChunkSlots } from './chunk-layout.js';
import type { ChunkMemory } from './chunk-memory.js';
import { damaged } from './damaged.js';
import { type BlockKind, kindNumber } from './store-keys.js';
import { CHUNK_BUCKETS } from './store-limits.js';

/** Entries of finer resolutions are small, and written again within seconds. */
const DEFLATE_FROM_LEVEL = 2;
const WIDE_FROM_LEVEL = 4;
const LENGTH_BYTES = 4;
const MAX_CHUNK_BUCKETS = Math.max(...CHUNK_BUCKETS);
const HEAD_BYTES = 1 + LENGTH_BYTES;

/** Chunks as bytes, by the number of their kind. */
export type Sections = Map<number, Uint8Array>;

const sink = new ByteSink();

/** What a kind of an entry is: decoded, or as it was read. */
export type Section = ChunkSlots | Uint8Array;

/**
 * Valid until the next one. `isDone`: it will hardly be written again, and is worth the time to deflate it. Days are few, and read
 * by every question about a long time: they are written to be read fast.
 */
export function encodeEntry(sections: ReadonlyMap<BlockKind, Section>, level: number, isDone: boolean): Buffer {
  const isWide = level >= WIDE_FROM_LEVEL;
  sink.begin();
  sink.skip(BYTES_HEAD);
  for (const [kind, section] of sections) {
    const at = sink.length;
    sink.skip(HEAD_BYTES);
    if (section instanceof Uint8Array) sink.bytes(section);
    else encodeChunk(sink, section, columnsOf(kind), isWide);
    sink.placeHead(at, kindNumber(kind), sink.length - at - HEAD_BYTES);
  }
  return encodeBytes(sink.written(), { deflate: isDone && level >= DEFLATE_FROM_LEVEL && !isWide });
}

/** The sections of an entry, not yet decoded. Raises KAIPO_STORE_CORRUPT. */
export function readSections(entry: Uint8Array): Sections {
  const bytes = decodeBytes(entry);
  const sections: Sections = new Map();
  for (let at = 0; at < bytes.length; ) {
    const end = endOfSection(bytes, at);
    sections.set(bytes[at]!, bytes.subarray(at + HEAD_BYTES, end));
    at = end;
  }
  return sections;
}

/** One section alone. */
function findSection(entry: Uint8Array, kind: BlockKind): Uint8Array | undefined {
  const bytes = decodeBytes(entry);
  const wanted = kindNumber(kind);
  for (let at = 0; at < bytes.length; ) {
    const end = endOfSection(bytes, at);
    if (bytes[at] === wanted) return bytes.subarray(at + HEAD_BYTES, end);
    at = end;
  }
  return undefined;
}

function endOfSection(bytes: Uint8Array, at: number): number {
  if (at + HEAD_BYTES > bytes.length) throw damaged('it ends too early');
  const length = (bytes[at + 1]! | (bytes[at + 2]! << 8) | (bytes[at + 3]! << 16) | (bytes[at + 4]! << 24)) >>> 0;
  const end = at + HEAD_BYTES + length;
  if (end > bytes.length) throw damaged('it ends too early');
  return end;
}

export function readSection(section: Uint8Array, kind: BlockKind, level: number): ChunkSlots {
  return decodeChunk(section, columnsOf(kind), CHUNK_BUCKETS[level]!);
}

/** The buckets of one kind in an entry; none if the entry has nothing of it. */
export function readChunk(entry: Uint8Array, kind: BlockKind, level: number): ChunkSlots {
  const section = findSection(entry, kind);
  return section === undefined ? [] : readSection(section, kind, level);
}

/** The same series by series, the first `wanted` columns alone; see chunk-decoder.ts. */
export function readRows(
  entry: Uint8Array,
  kind: BlockKind,
  level: number,
  wanted: number,
  memory: ChunkMemory,
): ChunkRows | undefined {
  const section = findSection(entry, kind);
  if (section === undefined) return undefined;
  return readChunkRows(section, columnsOf(kind), CHUNK_BUCKETS[level]!, wanted, memory);
}

/** Every id of a section of series, decoded or not. */
export function sectionIds(section: Section, visit: (id: number) => void): void {
  if (section instanceof Uint8Array) {
    for (const id of chunkIds(section, SERIES_COLUMNS, MAX_CHUNK_BUCKETS)) visit(id);
    return;
  }
  for (const block of section) {
    if (block === undefined) continue;
    for (let row = 0; row < block.length; row++) visit(block.idAt(row));
  }
}
