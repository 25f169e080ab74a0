// Does a store say the truth? Walks every entry of one moment: each value can be read, each id has a name, each resolution sums to
// the same as the next finer one, the books of each interface close, the counters of the state agree.
// Owns what is compared; must not know how it is shown. Bound: one chunk of two resolutions, a bit an id, MAX_FINDINGS.
import { KaipoError } from '../kernel/errors.js';
import { readState } from './batch-writer.js';
import type { BlockReader } from './block-access.js';
import { decodeBlock } from './block-codec.js';
import { bookRows } from './books-block.js';
import { columnsOf } from './bucket-block.js';
import { readBuckets, type TimedBlock } from './bucket-reader.js';
import { ceilToBucket, firstBucketOf, floorToBucket } from './bucket-time.js';
import { readSection, readSections } from './chunk-entry.js';
import type { ChunkSlots } from './chunk-layout.js';
import { IncidentCheck } from './incident-check.js';
import type { BlockOpener, LmdbFile } from './lmdb-file.js';
import { rowsOfBlock } from './minute-log.js';
import type { RowBlock } from './row-block.js';
import { SeriesBlock } from './series-block.js';
import { NAME_KINDS, type NameKind, OTHER_ID } from './series-kind.js';
import { BLOCK_KINDS, type BlockKind, FIRST_KEY, kindNumber, LAST_KEY, placeOf } from './store-keys.js';
import { ID_LIMIT, RESOLUTIONS_S } from './store-limits.js';
import type { StoreState } from './store-state.js';
import { LONGEST_INTERVAL_COLUMN, totalsOf } from './totals-block.js';

export type FindingKind = 'unreadable' | 'unknown-entry' | 'unnamed' | 'sums' | 'books' | 'counters' | 'died';

export interface Finding {
  readonly kind: FindingKind;
  readonly message: string;
  /** Of what, where it is one kind of bucket, and when: seconds since the epoch. */
  readonly of?: string;
  readonly resolutionS?: number;
  readonly atS?: number;
}

export interface CheckReport {
  readonly entries: number;
  readonly bytes: number;
  readonly buckets: number;
  readonly flows: number;
  readonly names: number;
  readonly incidents: number;
  readonly isEncrypted: boolean;
  /** At most MAX_FINDINGS; `findingCount` counts all. */
  readonly findings: readonly Finding[];
  readonly findingCount: number;
}

export const MAX_FINDINGS = 100;
const PROGRESS_EVERY = 500;
/** Part of the work that is the walk; comparing sums is the rest. */
const WALK_SHARE = 0.5;

/** One moment of an open database. `progress` is told the share that is done, 0 to 1. */
export function checkStore(file: LmdbFile, progress: (share: number) => void = () => {}): CheckReport {
  return file.readStored((stored, open) =>
    file.read((reader) => new StoreCheck(stored, open, reader, file, progress).run()),
  );
}

class StoreCheck {
  readonly #stored: BlockReader;
  readonly #open: BlockOpener;
  readonly #reader: BlockReader;
  readonly #file: LmdbFile;
  readonly #progress: (share: number) => void;
  readonly #findings: Finding[] = [];
  #findingCount = 0;
  readonly #used = new Map<NameKind, Uint8Array>(NAME_KINDS.map((kind) => [kind, new Uint8Array(ID_LIMIT / 8)]));
  readonly #named = new Map<NameKind, Uint8Array>(NAME_KINDS.map((kind) => [kind, new Uint8Array(ID_LIMIT / 8)]));
  #buckets = 0;
  #flows = 0;
  #flowBytes = 0;
  #nameBytes = 0;
  #names = 0;
  readonly #incidents = new IncidentCheck();

  constructor(
    stored: BlockReader,
    open: BlockOpener,
    reader: BlockReader,
    file: LmdbFile,
    progress: (share: number) => void,
  ) {
    this.#stored = stored;
    this.#open = open;
    this.#reader = reader;
    this.#file = file;
    this.#progress = progress;
  }

  run(): CheckReport {
    const state = this.#attempt('unreadable', {}, () => readState(this.#reader));
    const { entries, bytes } = this.#walk();
    if (state !== undefined && state.newestS < 0 && this.#buckets > 0) {
      this.#found({ kind: 'counters', message: `the store says it is empty, there are ${this.#buckets} buckets` });
    }
    if (state !== undefined) for (const finding of this.#incidents.compare(state)) this.#found(finding);
    if (state !== undefined && state.newestS >= 0) {
      this.#compareNames();
      this.#compareCounters(state);
      this.#compareResolutions(state);
      for (let level = 0; level < RESOLUTIONS_S.length; level++) this.#compareBooks(state, level);
    }
    return {
      entries,
      bytes,
      buckets: this.#buckets,
      flows: this.#flows,
      names: this.#names,
      incidents: this.#incidents.count,
      isEncrypted: this.#file.keys !== undefined,
      findings: this.#findings,
      findingCount: this.#findingCount,
    };
  }

  #found(finding: Finding): void {
    this.#findingCount += 1;
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push(finding);
  }

  #attempt<Answer>(kind: FindingKind, where: Partial<Finding>, work: () => Answer): Answer | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof KaipoError)) throw error;
      this.#found({ kind, message: error.message, ...where });
      return undefined;
    }
  }

  #walk(): { entries: number; bytes: number } {
    const expected = Math.max(1, this.#file.entryCount());
    let entries = 0;
    let bytes = 0;
    for (const { key, value } of this.#stored.range(FIRST_KEY, LAST_KEY)) {
      entries += 1;
      bytes += value.length;
      if (entries % PROGRESS_EVERY === 0) this.#progress(Math.min(1, entries / expected) * WALK_SHARE);
      const place = placeOf(key);
      if (place === undefined) {
        this.#found({ kind: 'unknown-entry', message: `an entry of an unknown kind (${String(key[0])})` });
        continue;
      }
      if (place.kind === 'chunk') {
        const atS = firstBucketOf(place.chunk, place.level) * (RESOLUTIONS_S[place.level] ?? 0);
        const where = { of: place.blocks.join(' '), resolutionS: RESOLUTIONS_S[place.level] ?? 0, atS };
        this.#attempt('unreadable', where, () => this.#takeEntry(place.level, this.#open(key, value)));
      } else if (place.kind === 'log') {
        this.#attempt('unreadable', { of: place.log, atS: place.minuteS }, () => {
          const block = this.#open(key, value);
          const rows = rowsOfBlock(block);
          if (place.log === 'flows') {
            this.#flows += rows;
            this.#flowBytes += block.length;
          } else {
            this.#names += rows;
            this.#nameBytes += block.length;
          }
        });
      } else if (place.kind === 'incident') {
        this.#attempt('unreadable', { of: 'alerts' }, () => this.#incidents.take(place, this.#open(key, value)));
      } else if (place.kind === 'name') {
        this.#attempt('unreadable', { of: `names of ${place.name}` }, () => {
          decodeBlock(this.#open(key, value));
          if (place.id !== undefined) mark(this.#named.get(place.name)!, place.id);
        });
      } else {
        this.#attempt('unreadable', { of: 'record' }, () => decodeBlock(this.#open(key, value)));
      }
    }
    return { entries, bytes };
  }

  #takeEntry(level: number, bytes: Uint8Array): void {
    const sections = readSections(bytes);
    for (const kind of BLOCK_KINDS) {
      const section = sections.get(kindNumber(kind));
      if (section !== undefined) this.#takeChunk(kind, readSection(section, kind, level));
    }
  }

  #takeChunk(kind: BlockKind, slots: ChunkSlots): void {
    for (const block of slots) {
      if (block === undefined) continue;
      this.#buckets += 1;
      if (kind === 'totals') continue;
      const ids = this.#used.get(kind === 'books' ? 'interface' : kind)!;
      for (let row = 0; row < block.length; row++) mark(ids, block.idAt(row));
      if (kind === 'books') continue;
      const series = new SeriesBlock(block);
      const scopes = this.#used.get('scope')!;
      for (let row = 0; row < block.length; row++) mark(scopes, series.scopeAt(row));
    }
  }

  #compareNames(): void {
    for (const kind of NAME_KINDS) {
      const used = this.#used.get(kind)!;
      const named = this.#named.get(kind)!;
      let missing = 0;
      let first = 0;
      for (let id = OTHER_ID + 1; id < ID_LIMIT; id++) {
        if (!isMarked(used, id) || isMarked(named, id)) continue;
        missing += 1;
        if (first === 0) first = id;
      }
      if (missing === 0) continue;
      this.#found({
        kind: 'unnamed',
        of: kind,
        message: `${missing} numbers of ${kind} have no name, the first is ${first}`,
      });
    }
  }

  #compareCounters(state: StoreState): void {
    const pairs = [
      ['flows', state.flowCount, this.#flows],
      ['bytes of flows', state.flowBytes, this.#flowBytes],
      ['bytes of answered names', state.nameBytes, this.#nameBytes],
    ] as const;
    for (const [what, said, counted] of pairs) {
      if (said === counted) continue;
      this.#found({ kind: 'counters', of: what, message: `the store says ${said} ${what}, there are ${counted}` });
    }
  }

  /** Where both are complete: the finer one is still kept, the coarser one summed. */
  #compareResolutions(state: StoreState): void {
    const steps = (RESOLUTIONS_S.length - 1) * BLOCK_KINDS.length;
    let done = 0;
    for (let level = 1; level < RESOLUTIONS_S.length; level++) {
      for (const kind of BLOCK_KINDS) {
        const finerFromS = Math.max(state.prunedBeforeS[level - 1]!, state.prunedBeforeS[level]!);
        const fromS = finerFromS > 0 ? ceilToBucket(finerFromS, level, state.alignS) : 0;
        const toS = state.rolledUpToS[level]!;
        this.#attempt('sums', { of: kind, resolutionS: RESOLUTIONS_S[level]! }, () =>
          this.#compareLevels(state, kind, level, fromS, toS),
        );
        done += 1;
        this.#progress(WALK_SHARE + (1 - WALK_SHARE) * (done / steps));
      }
    }
  }

  #compareLevels(state: StoreState, kind: BlockKind, level: number, fromS: number, toS: number): void {
    const finer = readBuckets(this.#reader, state, kind, level - 1, fromS, toS)[Symbol.iterator]();
    let next = finer.next();
    const differ = (atS: number): void => {
      const message = `${kind} of a bucket are not the sum of the finer ones`;
      this.#found({ kind: 'sums', of: kind, resolutionS: RESOLUTIONS_S[level]!, atS, message });
    };
    for (const { startS, block } of readBuckets(this.#reader, state, kind, level, fromS, toS)) {
      const sums = new Map<number, number>();
      addSums(sums, kind, block, 1);
      while (next.done !== true && next.value.startS < startS) {
        differ(floorToBucket(next.value.startS, level, state.alignS));
        next = finer.next();
      }
      while (next.done !== true && floorToBucket(next.value.startS, level, state.alignS) === startS) {
        addSums(sums, kind, next.value.block, -1);
        next = finer.next();
      }
      if ([...sums.values()].some((difference) => difference !== 0)) differ(startS);
    }
    if (next.done !== true) differ(floorToBucket(next.value.startS, level, state.alignS));
  }

  /** kernel = attributed + unknown + not captured + in flight, by interface; and the totals of the bucket say the same. */
  #compareBooks(state: StoreState, level: number): void {
    const toS = level === 0 ? state.newestS + 1 : state.rolledUpToS[level]!;
    const resolutionS = RESOLUTIONS_S[level]!;
    this.#attempt('books', { resolutionS }, () => {
      const totals = readBuckets(this.#reader, state, 'totals', level, 0, toS)[Symbol.iterator]();
      let total = totals.next();
      for (const { startS, block } of readBuckets(this.#reader, state, 'books', level, 0, toS)) {
        const byInterface = new Map<string, number>();
        let kernelBytes = 0;
        for (const row of bookRows(block, String)) {
          // What was read from capture files, or of sockets without an interface, has no counter: it stands outside the books.
          if (row.reason === 'file' || row.reason === 'elsewhere') continue;
          const bytes = row.category === 'kernel' ? row.bytes : -row.bytes;
          if (row.category === 'kernel') kernelBytes += row.bytes;
          byInterface.set(row.interface, (byInterface.get(row.interface) ?? 0) + bytes);
        }
        for (const residual of byInterface.values()) {
          if (residual === 0) continue;
          const message = `the books of an interface do not close: ${residual} bytes are left`;
          this.#found({ kind: 'books', resolutionS, atS: startS, message });
        }
        while (total.done !== true && total.value.startS < startS) total = totals.next();
        this.#compareTotal(total, startS, kernelBytes, resolutionS);
      }
    });
  }

  #compareTotal(total: IteratorResult<TimedBlock>, startS: number, kernelBytes: number, resolutionS: number): void {
    const isThere = total.done !== true && total.value.startS === startS;
    const said = isThere ? totalsOf(total.value.block).kernelBytes : 0;
    if (said === kernelBytes) return;
    const message = `the totals say ${said} bytes counted by the kernel, the books ${kernelBytes}`;
    this.#found({ kind: 'books', resolutionS, atS: startS, message });
  }
}

/** Adds what must agree between resolutions: small series fold into "other" on the way, so only their sums do. */
function addSums(sums: Map<number, number>, kind: BlockKind, block: RowBlock, sign: 1 | -1): void {
  for (let column = 0; column < columnsOf(kind); column++) {
    if (kind === 'totals' && column === LONGEST_INTERVAL_COLUMN) continue;
    for (let row = 0; row < block.length; row++) {
      const of = kind === 'books' ? block.idAt(row) * 65_536 + block.tagAt(row) : column;
      sums.set(of, (sums.get(of) ?? 0) + sign * block.valueOf(column, row));
    }
  }
}

function mark(bits: Uint8Array, id: number): void {
  if (id < ID_LIMIT) bits[id >> 3]! |= 1 << (id & 7);
}

function isMarked(bits: Uint8Array, id: number): boolean {
  return (bits[id >> 3]! & (1 << (id & 7))) !== 0;
}
