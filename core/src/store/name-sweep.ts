// Finds names that no kept bucket refers to, and removes them: hosts come and go for years. Marks the ids of every entry of the
// file, some at each append, and of every entry written meanwhile; then walks the names. Sound because a row is only ever moved
// by writing the entry it moves to. Must not know lmdb. Bound: a bit an id; ENTRIES_A_STEP and NAMES_A_STEP an append. In
// memory only: a recorder that starts anew begins anew.
import type { BlockReader, BlockWriter } from './block-access.js';
import { decodeBlock } from './block-codec.js';
import { readSections, type Section, sectionIds } from './chunk-entry.js';
import type { SeriesKind } from './series-kind.js';
import { chunkKey, idOfNameKey, kindNumber, nameOfIdKey, type StoreKey } from './store-keys.js';
import { ID_LIMIT, RESOLUTIONS_S } from './store-limits.js';
import type { StoreState } from './store-state.js';

type File = BlockReader & BlockWriter;

/** What is named by its own kind of series only. Interfaces stand in the books too, and scopes in tags: they stay. */
export const SWEPT_KINDS = ['host', 'app', 'protocol'] as const satisfies readonly SeriesKind[];
type SweptKind = (typeof SWEPT_KINDS)[number];

const ENTRIES_A_STEP = 32;
const NAMES_A_STEP = 1000;
/** A dictionary this full is swept; again when a sixteenth of it has been learned or refused since. */
const FULL_SHARE = 7 / 8;
const AGAIN_SHARE = 1 / 16;

export class NameSweep {
  readonly kind: SweptKind;
  readonly #marks = new Uint8Array(Math.ceil(ID_LIMIT / 8));
  #level = 0;
  /** Where the next step goes on: a chunk, or the text of a name. */
  #chunk = 0;
  #name: string | undefined;
  #isMarked = false;
  #removed = 0;

  constructor(kind: SweptKind) {
    this.kind = kind;
  }

  /** Told of every section that is written. */
  markSection(section: Section): void {
    sectionIds(section, (id) => {
      this.#marks[id >> 3]! |= 1 << (id & 7);
    });
  }

  /** After everything of the transaction is written. Answers true when it is done. */
  step(file: File, state: StoreState, most: number): boolean {
    if (!this.#isMarked) {
      this.#markEntries(file);
      return false;
    }
    if (!this.#sweepNames(file)) return false;
    const { kind } = this;
    state.liveNames[kind] = Math.max(0, state.liveNames[kind] - this.#removed);
    if (this.#removed > 0) state.reuseFrom[kind] = 1;
    const again = Math.ceil(most * AGAIN_SHARE);
    state.sweepAtLive[kind] = state.liveNames[kind] + again;
    state.sweepAtRefused[kind] = state.refusedNames[kind] + again;
    return true;
  }

  #markEntries(file: File): void {
    const { kind } = this;
    const level = this.#level;
    const end = chunkKey(kind, level, Number.MAX_SAFE_INTEGER);
    const keys = file.keys(chunkKey(kind, level, this.#chunk), end, ENTRIES_A_STEP);
    for (const key of keys) {
      const bytes = file.get(key);
      const section = bytes === undefined ? undefined : readSections(bytes).get(kindNumber(kind));
      if (section !== undefined) this.markSection(section);
    }
    const last = keys.at(-1);
    if (keys.length === ENTRIES_A_STEP && last !== undefined) {
      this.#chunk = Number(last[2]) + 1;
      return;
    }
    this.#chunk = 0;
    this.#level += 1;
    this.#isMarked = this.#level === RESOLUTIONS_S.length;
  }

  /** Answers true at the end of the names. */
  #sweepNames(file: File): boolean {
    const { kind } = this;
    const start: StoreKey = idOfNameKey(kind, this.#name ?? '');
    const keys = file.keys(start, idOfNameKey(kind, LAST_TEXT), NAMES_A_STEP);
    for (const key of keys) {
      const bytes = file.get(key);
      const id = bytes === undefined ? undefined : decodeBlock(bytes);
      if (typeof id !== 'number' || this.#isInUse(id)) continue;
      file.remove(key);
      file.remove(nameOfIdKey(kind, id));
      this.#removed += 1;
    }
    this.#name = String(keys.at(-1)?.[2] ?? '');
    return keys.length < NAMES_A_STEP;
  }

  #isInUse(id: number): boolean {
    return (this.#marks[id >> 3]! & (1 << (id & 7))) !== 0;
  }
}

/** Behind the text of every key: they are ASCII. */
const LAST_TEXT = '\u007f';

/** The kind whose names are due, if any. */
export function dueSweep(state: StoreState, mostOf: (kind: SweptKind) => number): SweptKind | undefined {
  return SWEPT_KINDS.find((kind) => {
    const live = state.liveNames[kind];
    if (live < mostOf(kind) * FULL_SHARE) return false;
    return live >= state.sweepAtLive[kind] || state.refusedNames[kind] >= state.sweepAtRefused[kind];
  });
}
