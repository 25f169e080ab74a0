// Buckets by kind, resolution and number, decoded by the chunk: changed in memory, written once. Owns the cache of one writer:
// what is open stays decoded from one transaction to the next, as long as nobody else has written. Must not know lmdb.
// Bound: MAX_CACHED_ROWS within a transaction; between two, the open entries of each resolution.
import type { BlockReader, BlockWriter } from './block-access.js';
import { columnsOf } from './bucket-block.js';
import { chunkOf, firstBucketOf } from './bucket-time.js';
import { encodeEntry, readSection, readSections, type Section } from './chunk-entry.js';
import type { ChunkSlots } from './chunk-layout.js';
import { ChunkSums } from './chunk-sums.js';
import { RowArena } from './row-arena.js';
import type { RowBlock } from './row-block.js';
import { BLOCK_KINDS, type BlockKind, chunkGroups, chunkKey, kindNumber } from './store-keys.js';
import { CHUNK_BUCKETS, MAX_CACHED_ROWS, RESOLUTIONS_S } from './store-limits.js';

type File = BlockReader & BlockWriter;

/** The kinds that share an entry, each decoded when it is asked for. */
interface Entry {
  readonly sections: Map<BlockKind, Section>;
  isDirty: boolean;
}

export class ChunkStore {
  /** Told of every section that is written. */
  onWrite: ((kind: BlockKind, section: Section) => void) | undefined;
  /** Blocks of the transaction that runs lie here. */
  readonly arena = new RowArena();
  /** By resolution and group of kinds: entries by number. */
  readonly #entries = RESOLUTIONS_S.map((_, level) => chunkGroups(level).map(() => new Map<number, Entry>()));
  /** By the same: no entry of the file has a larger number. Undefined: not yet looked up. */
  readonly #lastNumbers = RESOLUTIONS_S.map((_, level) => chunkGroups(level).map((): number | undefined => undefined));
  readonly #sums = new ChunkSums();
  #rows = 0;

  /** Nothing is known any more: after a failed transaction, or when somebody else has written. */
  forget(): void {
    for (const groups of this.#entries) for (const group of groups) group.clear();
    for (const numbers of this.#lastNumbers) numbers.fill(undefined);
    this.#sums.clear();
    this.#rows = 0;
    this.arena.reset();
  }

  get(file: File, kind: BlockKind, level: number, bucket: number): RowBlock | undefined {
    return this.#slots(file, kind, level, chunkOf(bucket, level))?.[bucket % CHUNK_BUCKETS[level]!];
  }

  put(file: File, kind: BlockKind, level: number, bucket: number, block: RowBlock): void {
    const number = chunkOf(bucket, level);
    const entry = this.#entry(file, kind, level, number);
    let slots = this.#slots(file, kind, level, number);
    if (slots === undefined) {
      slots = new Array<RowBlock | undefined>(CHUNK_BUCKETS[level]!).fill(undefined);
      entry.sections.set(kind, slots);
    }
    const slot = bucket % CHUNK_BUCKETS[level]!;
    this.#rows += block.length - (slots[slot]?.length ?? 0);
    slots[slot] = block;
    entry.isDirty = true;
    this.#sums.drop(kind, level, number);
  }

  /** The buckets of a whole chunk, oldest first. */
  blocks(file: File, kind: BlockKind, level: number, number: number): readonly RowBlock[] {
    const slots = this.#slots(file, kind, level, number);
    return slots === undefined ? [] : slots.filter((block) => block !== undefined);
  }

  /** What `keepSums` kept of a chunk; only once. */
  takeSum(kind: BlockKind, level: number, number: number): RowBlock | undefined {
    return this.#sums.take(kind, level, number);
  }

  /** Before `settle`: of chunks that it will let go, and that the next resolution will ask for from number `fromNumber` on. */
  keepSums(
    level: number,
    fromNumber: number,
    openFrom: number,
    sumOf: (kind: BlockKind, blocks: readonly RowBlock[]) => RowBlock,
  ): void {
    for (const group of this.#entries[level]!) {
      for (const [number, { sections }] of group) {
        if (number < fromNumber || firstBucketOf(number + 1, level) > openFrom) continue;
        for (const [kind, section] of sections) {
          if (section instanceof Uint8Array || !this.#sums.hasRoom || this.#sums.has(kind, level, number)) continue;
          const blocks = section.filter((block) => block !== undefined);
          if (blocks.length > 0) this.#sums.keep(kind, level, number, sumOf(kind, blocks));
        }
      }
    }
  }

  /** Writes what changed. An entry all of whose buckets begin before `doneBefore[level]` will hardly be written again. */
  flush(file: File, doneBefore: readonly number[]): void {
    this.#entries.forEach((groups, level) => {
      groups.forEach((group, index) => {
        const [kind] = chunkGroups(level)[index]!;
        for (const [number, entry] of group) {
          if (!entry.isDirty) continue;
          const isDone = firstBucketOf(number + 1, level) <= doneBefore[level]!;
          file.put(chunkKey(kind!, level, number), encodeEntry(entry.sections, level, isDone));
          this.#lastNumbers[level]![index] = Math.max(this.#lastNumber(file, kind!, level), number);
          entry.isDirty = false;
          if (this.onWrite !== undefined) for (const [each, section] of entry.sections) this.onWrite(each, section);
        }
      });
    });
  }

  /** Ends a transaction. Keeps what the next will write again: entries with buckets from `openFrom[level]` on. */
  settle(openFrom: readonly number[]): void {
    this.#entries.forEach((groups, level) => {
      for (const group of groups) {
        for (const [number, { sections }] of group) {
          if (firstBucketOf(number + 1, level) <= openFrom[level]!) {
            this.#rows -= rowsOf(sections);
            group.delete(number);
          } else this.#own(sections);
        }
      }
    });
    this.arena.reset();
  }

  /** Takes blocks out of the arena. */
  #own(sections: ReadonlyMap<BlockKind, Section>): void {
    for (const [kind, section] of sections) {
      if (section instanceof Uint8Array) continue;
      section.forEach((block, slot) => {
        if (block !== undefined && this.arena.holds(block)) section[slot] = block.copy(columnsOf(kind));
      });
    }
  }

  #slots(file: File, kind: BlockKind, level: number, number: number): ChunkSlots | undefined {
    const { sections } = this.#entry(file, kind, level, number);
    const section = sections.get(kind);
    if (!(section instanceof Uint8Array)) return section;
    const slots = readSection(section, kind, level);
    sections.set(kind, slots);
    this.#rows += rowsIn(slots);
    return slots;
  }

  #entry(file: File, kind: BlockKind, level: number, number: number): Entry {
    const group = this.#entries[level]![this.#groupOf(kind, level)]!;
    const known = group.get(number);
    if (known !== undefined) return known;
    if (this.#rows > MAX_CACHED_ROWS) this.#makeRoom(file);
    const isNew = number > this.#lastNumber(file, kind, level);
    const bytes = isNew ? undefined : file.get(chunkKey(kind, level, number));
    const entry: Entry = { sections: new Map(), isDirty: false };
    if (bytes !== undefined) {
      const stored = readSections(bytes);
      for (const each of BLOCK_KINDS) {
        const section = stored.get(kindNumber(each));
        if (section !== undefined) entry.sections.set(each, section);
      }
    }
    group.set(number, entry);
    return entry;
  }

  #groupOf(kind: BlockKind, level: number): number {
    return this.#entries[level]!.length === 1 ? 0 : BLOCK_KINDS.indexOf(kind);
  }

  /** Time goes on: most entries are behind the last one of the file, which then needs not be asked. */
  #lastNumber(file: File, kind: BlockKind, level: number): number {
    const numbers = this.#lastNumbers[level]!;
    const group = this.#groupOf(kind, level);
    const known = numbers[group];
    if (known !== undefined) return known;
    const end = chunkKey(kind, level, Number.MAX_SAFE_INTEGER);
    let last = -1;
    for (const { key } of file.range(chunkKey(kind, level, 0), end, { reverse: true })) {
      last = Number(key[2]);
      break;
    }
    numbers[group] = last;
    return last;
  }

  #makeRoom(file: File): void {
    this.flush(
      file,
      CHUNK_BUCKETS.map(() => 0),
    );
    for (const groups of this.#entries) for (const group of groups) group.clear();
    this.#rows = 0;
  }
}

function rowsIn(slots: ChunkSlots): number {
  return slots.reduce((sum, block) => sum + (block?.length ?? 0), 0);
}

function rowsOf(sections: ReadonlyMap<BlockKind, Section>): number {
  let rows = 0;
  for (const section of sections.values()) if (!(section instanceof Uint8Array)) rows += rowsIn(section);
  return rows;
}
