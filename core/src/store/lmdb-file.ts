// The lmdb database as bytes by key. Owns every call to lmdb and how it is opened: plain byte values (our own encoding), private
// files, no encryption of lmdb's (it ends the process in three ways): values pass sealed-blocks.ts once there are keys.
// Must not know what is stored.
import { type Database, open, type RootDatabase, type Transaction } from 'lmdb';
import type { BlockEntry, BlockReader, BlockWriter, RangeOptions } from './block-access.js';
import type { EncryptionKeys } from './encryption-key.js';
import { SealedBlocks } from './sealed-blocks.js';
import type { StoreKey } from './store-keys.js';

export interface LmdbFileOptions {
  readonly dir: string;
  readonly readOnly: boolean;
  readonly mapSizeBytes?: number;
}

export const DATA_FILE = 'data.mdb';
export const LOCK_FILE = 'lock.mdb';

/** Pages of the data file in use so far, and how many of them hold nothing at the moment. */
export interface PageCounts {
  readonly pageBytes: number;
  readonly pages: number;
  readonly freePages: number;
}

/** Makes of a value as it lies in the file what was put. */
export type BlockOpener = (key: StoreKey, stored: Uint8Array) => Uint8Array;

const META_PAGES = 2;

interface TreeStats {
  readonly entryCount: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

/** What getStats gives; lmdb's types leave it open. */
interface LmdbStats {
  readonly pageSize: number;
  readonly lastPageNumber: number;
  readonly root: TreeStats;
  readonly free: TreeStats;
}

function treePages(tree: TreeStats): number {
  return tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages;
}

type Bytes = Database<Buffer, StoreKey>;
/** What lmdb is given to read within one moment; empty inside a write transaction, which sees its own writes. */
type ReadOptions = { transaction?: Transaction };

export class LmdbFile {
  readonly #database: RootDatabase<Buffer, StoreKey>;
  #keys: EncryptionKeys | undefined;

  constructor({ dir, readOnly, mapSizeBytes }: LmdbFileOptions) {
    this.#database = open<Buffer, StoreKey>({
      path: dir,
      noSubdir: false,
      encoding: 'binary',
      readOnly,
      cache: false,
      ...(mapSizeBytes === undefined ? {} : { mapSize: mapSizeBytes }),
      // Not in lmdb's types: the mode of files it creates.
      ...{ permissionsMode: 0o600 },
    });
  }

  /** From now on values are encrypted and decrypted, and names in keys replaced. */
  seal(keys: EncryptionKeys): void {
    this.#keys = keys;
  }

  get keys(): EncryptionKeys | undefined {
    return this.#keys;
  }

  /** Runs `read` on one moment of the database. */
  read<Answer>(read: (reader: BlockReader) => Answer): Answer {
    return this.readStored((reader) => read(this.#sealed(reader)));
  }

  /** The same, values as they lie in the file: encrypted ones stay so. */
  readStored<Answer>(read: (stored: BlockReader & BlockWriter, open: BlockOpener) => Answer): Answer {
    const transaction = this.#database.useReadTransaction();
    try {
      const access = new LmdbAccess(this.#database, { transaction });
      const sealed = this.#keys === undefined ? undefined : new SealedBlocks(access, this.#keys);
      return read(access, (key, value) => sealed?.open(key, value) ?? value);
    } finally {
      transaction.done();
    }
  }

  /** All or nothing, committed by lmdb's own thread: the event loop does not wait for the disk. */
  async write(change: (file: BlockReader & BlockWriter) => void): Promise<void> {
    // A child transaction: what `change` wrote before it threw is taken back.
    await this.#database.childTransaction(() => {
      change(this.#sealed(new LmdbAccess(this.#database, {})));
    });
  }

  /** The same on this thread: fails in one place, where `write` would fail in two. For opening, closing and retrying. */
  writeSync(change: (file: BlockReader & BlockWriter) => void): void {
    this.#database.transactionSync(() => {
      change(this.#sealed(new LmdbAccess(this.#database, {})));
    });
  }

  /** A copy of one moment into `dir`/data.mdb without free pages, made by lmdb's own thread while others write. */
  async copyTo(dir: string): Promise<void> {
    await this.#database.flushed;
    await this.#database.backup(dir, true);
  }

  entryCount(): number {
    return (this.#database.getStats() as LmdbStats).root.entryCount;
  }

  pageCounts(): PageCounts {
    const stats = this.#database.getStats() as LmdbStats;
    const pages = stats.lastPageNumber + 1;
    const used = META_PAGES + treePages(stats.root) + treePages(stats.free);
    return { pageBytes: stats.pageSize, pages, freePages: Math.max(0, pages - used) };
  }

  /** At once, of a database nothing was written to: one opened again before it is closed would share its end. */
  abandon(): void {
    void this.#database.close();
  }

  async close(): Promise<void> {
    await this.#database.flushed;
    await this.#database.close();
  }

  #sealed(access: BlockReader & BlockWriter): BlockReader & BlockWriter {
    return this.#keys === undefined ? access : new SealedBlocks(access, this.#keys);
  }
}

class LmdbAccess implements BlockReader, BlockWriter {
  readonly #database: Bytes;
  readonly #options: ReadOptions;

  constructor(database: Bytes, options: ReadOptions) {
    this.#database = database;
    this.#options = options;
  }

  get(key: StoreKey): Uint8Array | undefined {
    return this.#database.get(key, this.#options);
  }

  range(start: StoreKey, end: StoreKey, options: RangeOptions = {}): Iterable<BlockEntry> {
    // Backwards, lmdb starts at its `start`, which it then includes: exclude it, and include the other end.
    const bounds = options.reverse
      ? { start: end, end: start, reverse: true, exclusiveStart: true, inclusiveEnd: true }
      : { start, end };
    return this.#database.getRange({ ...bounds, ...this.#options });
  }

  keys(start: StoreKey, end: StoreKey, limit: number): StoreKey[] {
    return Array.from(this.#database.getKeys({ start, end, limit, ...this.#options }));
  }

  put(key: StoreKey, value: Uint8Array): void {
    this.#database.putSync(key, value as Buffer);
  }

  remove(key: StoreKey): void {
    this.#database.removeSync(key);
  }
}
