// The lmdb database as bytes by key. Owns every call to lmdb and how it is opened: plain byte values (our own encoding), private
// files, no encryption of its own. Must not know what is stored.
import { type Database, open, type RootDatabase, type Transaction } from 'lmdb';
import type { BlockEntry, BlockReader, BlockWriter, RangeOptions } from './block-access.js';
import type { StoreKey } from './store-keys.js';

export interface LmdbFileOptions {
  readonly dir: string;
  readonly readOnly: boolean;
  readonly mapSizeBytes?: number;
}

export const DATA_FILE = 'data.mdb';

type Bytes = Database<Buffer, StoreKey>;
/** What lmdb is given to read within one moment; empty inside a write transaction, which sees its own writes. */
type ReadOptions = { transaction?: Transaction };

export class LmdbFile {
  readonly #database: RootDatabase<Buffer, StoreKey>;

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

  /** Runs `read` on one moment of the database. */
  read<Answer>(read: (reader: BlockReader) => Answer): Answer {
    const transaction = this.#database.useReadTransaction();
    try {
      return read(new LmdbAccess(this.#database, { transaction }));
    } finally {
      transaction.done();
    }
  }

  /** All or nothing, committed by lmdb's own thread: the event loop does not wait for the disk. */
  async write(change: (file: BlockReader & BlockWriter) => void): Promise<void> {
    // A child transaction: what `change` wrote before it threw is taken back.
    await this.#database.childTransaction(() => {
      change(new LmdbAccess(this.#database, {}));
    });
  }

  /** The same on this thread: fails in one place, where `write` would fail in two. For opening, closing and retrying. */
  writeSync(change: (file: BlockReader & BlockWriter) => void): void {
    this.#database.transactionSync(() => {
      change(new LmdbAccess(this.#database, {}));
    });
  }

  async close(): Promise<void> {
    await this.#database.flushed;
    await this.#database.close();
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
