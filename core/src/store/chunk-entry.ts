// An entry of the file as chunks by kind: sections of (kind, length, chunk). Owns that layout, part of the file format.
// Must not know lmdb.
import { decodeBlock, encodeBytes } from './block-codec.js';
import { columnsOf, SERIES_COLUMNS } from './bucket-block.js';
import { ByteSink } from './byte-sink.js';
import { chunkIds, decodeChunk } from './chunk-decoder.js';
import { encodeChunk } from './chunk-encoder.js';
import type { ChunkSlots } from './chunk-layout.js';
import { damaged } from './damaged.js';
import { type BlockKind, kindNumber } from './store-keys.js';
import { CHUNK_BUCKETS } from './store-limits.js';

const LENGTH_BYTES = 4;
const MAX_CHUNK_BUCKETS = Math.max(...CHUNK_BUCKETS);
const HEAD_BYTES = 1 + LENGTH_BYTES;

/** Chunks as bytes, by the number of their kind. */
export type Sections = Map<number, Uint8Array>;

const sink = new ByteSink();

/** What a kind of an entry is: decoded, or as it was read. */
export type Section = ChunkSlots | Uint8Array;

export function encodeEntry(sections: ReadonlyMap<BlockKind, Section>, deflate: boolean): Buffer {
  sink.begin();
  for (const [kind, section] of sections) {
    const at = sink.length;
    sink.skip(HEAD_BYTES);
    if (section instanceof Uint8Array) sink.bytes(section);
    else encodeChunk(sink, section, columnsOf(kind));
    sink.placeHead(at, kindNumber(kind), sink.length - at - HEAD_BYTES);
  }
  return encodeBytes(sink.written(), { deflate });
}

/** The sections of an entry, not yet decoded. Raises KAIPO_STORE_CORRUPT. */
export function readSections(entry: Uint8Array): Sections {
  const bytes = decodeBlock(entry);
  if (!(bytes instanceof Uint8Array)) throw damaged('it holds no buckets');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const sections: Sections = new Map();
  let at = 0;
  while (at < bytes.length) {
    if (at + HEAD_BYTES > bytes.length) throw damaged('it ends too early');
    const end = at + HEAD_BYTES + view.getUint32(at + 1, true);
    if (end > bytes.length) throw damaged('it ends too early');
    sections.set(view.getUint8(at), bytes.subarray(at + HEAD_BYTES, end));
    at = end;
  }
  return sections;
}

export function readSection(section: Uint8Array, kind: BlockKind, level: number): ChunkSlots {
  return decodeChunk(section, columnsOf(kind), CHUNK_BUCKETS[level]!);
}

/** The buckets of one kind in an entry; none if the entry has nothing of it. */
export function readChunk(entry: Uint8Array, kind: BlockKind, level: number): ChunkSlots {
  const section = readSections(entry).get(kindNumber(kind));
  return section === undefined ? [] : readSection(section, kind, level);
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
