// The store on LMDB: one writer, any number of readers. Owns opening (refusals are named errors, never a crash), the append
// transaction and the way into and out of read-only. What a bucket or a log is stands in bucket-*.ts and minute-log.ts.
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { type Clock, wallClockUs } from '../kernel/clock.js';
import { KaipoError } from '../kernel/errors.js';
import { safeText } from '../kernel/safe-text.js';
import { BatchWriter } from './batch-writer.js';
import type { BlockReader, BlockWriter } from './block-access.js';
import { decodeBlock, encodeBlock } from './block-codec.js';
import { fileId, openSettled, removeSwapRests } from './data-swap.js';
import type { NameLimits } from './dictionary.js';
import { isSpaceShort } from './free-space.js';
import { isKeyCheckDraft, type KeyCheck } from './key-check-file.js';
import { removeRests } from './killed-rests.js';
import { commitCause, guardCommits, releaseCommits } from './lmdb-commit-guard.js';
import { DATA_FILE, LmdbFile } from './lmdb-file.js';
import { LmdbView } from './lmdb-view.js';
import type { Store, StoreBatch, StoreInfo, StoreStatus, StoreView } from './store.js';
import { type CompactAnswer, compactFile } from './store-compact.js';
import { busy, diskFull, storeError } from './store-errors.js';
import { FORMAT_KEY, WRITER_KEY } from './store-keys.js';
import { DEFAULT_FLOW_BUDGET_BYTES, DEFAULT_NAME_BUDGET_BYTES, DEFAULT_RETENTION_S } from './store-limits.js';
import { createStore, migrateStore, type StoreBirth } from './store-migrations.js';
import { openStoreFile } from './store-opening.js';
import { isBeaconName, removeBeacon, WriterBeacon } from './writer-beacon.js';
import {
  isWriterAlive,
  isWriterElsewhere,
  newWriterToken,
  parseWriter,
  thisWriter,
  type WriterRecord,
} from './writer-lock.js';
import { standardOffsetS } from './zone-offset.js';

export interface StoreOptions {
  readonly dir: string;
  /** A reader never writes, never waits for the writer and may be opened at any time. */
  readonly readOnly?: boolean;
  /** Largest size of the database; without it the map grows with the file. */
  readonly mapSizeBytes?: number;
  /** Seconds each resolution is kept, in the order of RESOLUTIONS_S. */
  readonly retentionS?: readonly number[];
  readonly flowBudgetBytes?: number;
  readonly nameBudgetBytes?: number;
  /** Free space left to the rest of the system; see free-space.ts. */
  readonly reserveBytes?: number;
  readonly clock?: Clock;
  /** Bytes of pages in use; above it the oldest goes, see byte-budget.ts. Absent: only retention and the budgets above bound it. */
  readonly maxBytes?: number;
  /** Names of each kind the dictionary may hold, up to MAX_DICTIONARY_NAMES; more are recorded as "other". */
  readonly maxNames?: NameLimits;
  /** Seconds east of UTC at which hours and days begin, fixed when a store is made. Absent: the standard time of this process. */
  readonly alignS?: number;
  /** Whose history a new store is. Absent: this machine's. */
  readonly hostname?: string;
  readonly platform?: string;
  /** The key of an encrypted store as text (KAIPO_STORE_KEY), or the file that holds it; see encryption-key.ts. */
  readonly key?: string;
  readonly keyFile?: string;
  /** Where this recorder answers; others find it in StoreInfo.writer. */
  readonly controlSocket?: string;
}

/**
 * Opens the store in `dir`; a writer creates it (0700, files 0600). Raises KAIPO_STORE_MISSING, KAIPO_STORE_UNREADABLE,
 * KAIPO_STORE_CORRUPT, KAIPO_STORE_BUSY (with the pid of the writer), KAIPO_STORE_FULL or KAIPO_CANNOT_CREATE.
 */
export function openStore(options: StoreOptions): Store {
  return new LmdbStore(options);
}

type Kept = Required<Pick<StoreOptions, 'retentionS' | 'flowBudgetBytes' | 'nameBudgetBytes' | 'clock'>> &
  Pick<StoreOptions, 'mapSizeBytes'> & { readonly reserveBytes: number | undefined };

class LmdbStore implements Store {
  readonly dir: string;
  readonly #options: Kept;
  #file: LmdbFile;
  /** Which data file that is: `kaipo db compact` puts another one under its name. */
  #dataId: string | undefined;
  #beacon: WriterBeacon | undefined;
  readonly #batches: BatchWriter;
  readonly #writer: WriterRecord | undefined;
  #state: StoreStatus;
  #detail: string | undefined;
  #queue: Promise<void> = Promise.resolve();
  /** The append before: kept until the next one has seen that it is in the file. */
  #last: StoreBatch | undefined;
  /** Appends that lmdb had taken and that were not in the file; each was written again. */
  repeatedAppends = 0;

  constructor(options: StoreOptions) {
    const readOnly = options.readOnly ?? false;
    this.dir = resolve(options.dir);
    this.#options = {
      retentionS: options.retentionS ?? DEFAULT_RETENTION_S,
      flowBudgetBytes: options.flowBudgetBytes ?? DEFAULT_FLOW_BUDGET_BYTES,
      nameBudgetBytes: options.nameBudgetBytes ?? DEFAULT_NAME_BUDGET_BYTES,
      reserveBytes: options.reserveBytes,
      clock: options.clock ?? wallClockUs,
      ...(options.mapSizeBytes === undefined ? {} : { mapSizeBytes: options.mapSizeBytes }),
    };
    this.#batches = new BatchWriter({
      ...this.#options,
      ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
      ...(options.maxNames === undefined ? {} : { maxNames: options.maxNames }),
      usedBytes: () => this.#usedBytes(),
    });
    const { file, isNew, keyCheck } = openStoreFile({ ...options, dir: this.dir, readOnly });
    this.#file = file;
    this.#dataId = fileId(join(this.dir, DATA_FILE));
    this.#state = readOnly ? 'read-only' : 'recording';
    this.#detail = readOnly ? 'opened for reading' : undefined;
    try {
      this.#writer = readOnly
        ? undefined
        : this.#takeLock(isNew ? keyCheck : undefined, options.controlSocket, birthOf(options, this.#options.clock()));
    } catch (cause) {
      this.#beacon?.lower();
      file.abandon();
      throw storeError(this.dir, cause);
    }
    if (readOnly) return;
    guardCommits();
    this.#removeRests();
  }

  get state(): StoreStatus {
    return this.#state;
  }

  get stateDetail(): string | undefined {
    return this.#detail;
  }

  append(batch: StoreBatch): Promise<void> {
    const turn = this.#queue.then(() => this.#append(batch));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  view<Answer>(ask: (view: StoreView) => Answer): Answer {
    if (this.#state === 'closed') throw new KaipoError('KAIPO_STORE_MISSING', `the store in ${this.dir} is closed`);
    try {
      return this.#currentFile().read((reader) => ask(new LmdbView(this.dir, reader)));
    } catch (cause) {
      throw storeError(this.dir, cause);
    }
  }

  info(): StoreInfo {
    return this.view((view) => view.info());
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    await this.#queue;
    const recorded = this.#writer !== undefined;
    this.#state = 'closed';
    try {
      if (recorded) this.#giveLockBack();
    } catch {
      // A full disk: the record stays, and is taken over because its process is gone.
    }
    this.#beacon?.lower();
    await this.#file.close();
    if (recorded) releaseCommits();
  }

  /** Rewrites the data file without its free pages; see compactStore. Appends wait meanwhile, readers do not. */
  compact(): Promise<CompactAnswer> {
    const turn = this.#queue.then(async () => {
      if (this.#state === 'closed' || this.#writer === undefined) throw notRecording(this.dir);
      const old = this.#file;
      const answer = await compactFile(this.dir, old, this.#writer, () => this.#adopt(false));
      await old.close();
      return answer;
    });
    this.#queue = turn.then(
      () => {},
      () => {},
    );
    return turn;
  }

  /** A reader follows the data file when it is replaced; a writer is the one who replaces it. */
  #currentFile(): LmdbFile {
    if (this.#writer !== undefined) return this.#file;
    const present = fileId(join(this.dir, DATA_FILE));
    if (present === undefined || present === this.#dataId) return this.#file;
    const old = this.#file;
    const file = this.#adopt(true);
    void old.close();
    return file;
  }

  /** Goes on with the data file that has the name now, and the same key. */
  #adopt(readOnly: boolean): LmdbFile {
    const { mapSizeBytes } = this.#options;
    const options = { dir: this.dir, readOnly, ...(mapSizeBytes === undefined ? {} : { mapSizeBytes }) };
    // The writer replaces the file itself, and would wait for itself.
    const file = readOnly ? openSettled(options) : new LmdbFile(options);
    if (this.#file.keys !== undefined) file.seal(this.#file.keys);
    this.#file = file;
    this.#dataId = fileId(join(this.dir, DATA_FILE));
    return file;
  }

  async #append(batch: StoreBatch): Promise<void> {
    if (this.#state === 'closed' || this.#writer === undefined) {
      throw notRecording(this.dir);
    }
    const change = (file: BlockReader & BlockWriter): void => this.#change(file, batch);
    try {
      this.#demandOwnFile();
      if (isSpaceShort(this.dir, this.#options.reserveBytes)) throw diskFull(this.dir);
      // After a failure on this thread, where a second failure has one place to appear in.
      if (this.#state === 'read-only') this.#file.writeSync(change);
      else await this.#file.write(change);
      // lmdb 3.5 has been seen to lose a transaction it had resolved, once in thousands, while another process wrote too.
      if (!this.#file.read((reader) => this.#batches.isWritten(reader)))
        this.#file.writeSync((file) => this.#repair(file));
      this.#state = 'recording';
      this.#detail = undefined;
    } catch (error) {
      this.#batches.forget();
      this.#last = undefined;
      const known = storeError(this.dir, await commitCause(error));
      this.#state = 'read-only';
      this.#detail = known.message;
      throw known;
    }
  }

  /** A file that was removed or moved away takes rows as before, and nobody would ever read them. */
  #demandOwnFile(): void {
    const path = join(this.dir, DATA_FILE);
    let present: string | undefined;
    try {
      present = fileId(path);
    } catch {
      // A folder that may not be entered any more: the open file is still the one that lies in it.
      return;
    }
    if (present === this.#dataId) return;
    const what = present === undefined ? 'removed or moved away' : 'replaced by another file';
    throw new KaipoError('KAIPO_STORE_MISSING', `${path} was ${what} while it was recorded into`, 'kaipo daemon');
  }

  #usedBytes(): number {
    const { pageBytes, pages, freePages } = this.#file.pageCounts();
    return (pages - freePages) * pageBytes;
  }

  #change(file: BlockReader & BlockWriter, batch: StoreBatch): void {
    const writer = readWriter(file);
    if (writer?.token !== this.#writer?.token) throw busy(this.dir, writer);
    this.#repair(file);
    this.#batches.write(file, batch);
    this.#last = batch;
  }

  /** Writes the append before once more if it is not there. */
  #repair(file: BlockReader & BlockWriter): void {
    if (this.#last === undefined || this.#batches.isWritten(file)) return;
    this.#batches.forget();
    this.#batches.write(file, this.#last);
    this.repeatedAppends += 1;
  }

  /** Atomic: lmdb lets one process at a time into a write transaction. */
  #takeLock(keyCheck: KeyCheck | undefined, socket: string | undefined, birth: StoreBirth): WriterRecord {
    const token = newWriterToken();
    // Before the record: whoever reads that must find it answering.
    this.#beacon = WriterBeacon.raise(this.dir, token);
    const writer = thisWriter(this.#options.clock, { token, socket, beacon: this.#beacon?.name });
    this.#file.writeSync((file) => {
      const present = readWriter(file);
      if (present !== undefined && isWriterAlive(present, this.dir, true)) {
        throw busy(this.dir, present, isWriterElsewhere(present));
      }
      if (present?.beacon !== undefined) removeBeacon(this.dir, present.beacon);
      if (file.get(FORMAT_KEY) === undefined) createStore(file, birth, keyCheck === undefined ? {} : { keyCheck });
      else migrateStore(file, birth);
      file.put(WRITER_KEY, encodeBlock(writer));
    });
    return writer;
  }

  /** What processes that were killed left in the folder. */
  #removeRests(): void {
    try {
      removeSwapRests(this.dir);
      const own = this.#beacon?.name;
      const isRest = (name: string): boolean => isKeyCheckDraft(name) || (isBeaconName(name) && name !== own);
      removeRests(this.dir, wallClockUs() / 1000, isRest);
    } catch {
      // They do no harm but take room; the next writer tries again.
    }
  }

  #giveLockBack(): void {
    this.#file.writeSync((file) => {
      if (readWriter(file)?.token !== this.#writer?.token) return;
      this.#repair(file);
      file.remove(WRITER_KEY);
    });
  }
}

function readWriter(file: BlockReader): WriterRecord | undefined {
  const bytes = file.get(WRITER_KEY);
  return bytes === undefined ? undefined : parseWriter(decodeBlock(bytes));
}

function birthOf({ hostname: name, platform, alignS }: StoreOptions, nowUs: number): StoreBirth {
  return {
    nowUs,
    hostname: safeText(name ?? hostname()),
    platform: platform ?? process.platform,
    offsetS: alignS ?? standardOffsetS(nowUs),
  };
}

function notRecording(dir: string): KaipoError {
  return new KaipoError('KAIPO_STORE_BUSY', `the store in ${dir} is not open for recording`);
}
