// The store on LMDB: one writer, any number of readers. Owns opening (refusals are named errors, never a crash), the append
// transaction and the way into and out of read-only. What a bucket or a log is stands in bucket-*.ts and minute-log.ts.
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Clock, wallClockUs } from '../kernel/clock.js';
import { KaipoError } from '../kernel/errors.js';
import type { BlockReader, BlockWriter } from './block-access.js';
import { decodeBlock, encodeBlock } from './block-codec.js';
import { insertBlocks, pruneBuckets, rollUp } from './bucket-writer.js';
import { checkDataFile, corrupt } from './data-file-check.js';
import { Dictionary } from './dictionary.js';
import { FLOW_END_COLUMN, flowRow, NAME_TIME_COLUMN, nameRow } from './flow-rows.js';
import { isSpaceShort } from './free-space.js';
import { intervalBlocks } from './interval-blocks.js';
import type { IntervalRecord } from './interval-record.js';
import { commitCause, guardCommits, releaseCommits } from './lmdb-commit-guard.js';
import { DATA_FILE, LmdbFile } from './lmdb-file.js';
import { LmdbView } from './lmdb-view.js';
import { appendRows, compactMinutes, pruneLog } from './minute-log.js';
import type { Store, StoreBatch, StoreInfo, StoreStatus, StoreView } from './store.js';
import { BASELINE_KEY, FORMAT_KEY, STATE_KEY, WRITER_KEY } from './store-keys.js';
import {
  DEFAULT_FLOW_BUDGET_BYTES,
  DEFAULT_NAME_BUDGET_BYTES,
  DEFAULT_RETENTION_S,
  RESOLUTIONS_S,
} from './store-limits.js';
import { newState, parseState, type StoreState } from './store-state.js';
import { isWriterAlive, parseWriter, thisWriter, type WriterRecord } from './writer-lock.js';

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
}

export const FORMAT_NAME = 'kaipo-store';
export const FORMAT_VERSION = 1;
const US_PER_S = 1_000_000;
/** What lmdb needs to make its files: 12 kB were seen to do; more is a matter of taste on a full disk. */
const MIN_CREATE_BYTES = 262_144;

/**
 * Opens the store in `dir`; a writer creates it (0700, files 0600). Raises KAIPO_STORE_MISSING, KAIPO_STORE_UNREADABLE,
 * KAIPO_STORE_CORRUPT, KAIPO_STORE_BUSY (with the pid of the writer), KAIPO_STORE_FULL or KAIPO_CANNOT_CREATE.
 */
export function openStore(options: StoreOptions): Store {
  return new LmdbStore(options);
}

type Kept = Required<Omit<StoreOptions, 'mapSizeBytes' | 'readOnly' | 'dir' | 'reserveBytes'>> & {
  readonly reserveBytes: number | undefined;
};

class LmdbStore implements Store {
  readonly dir: string;
  readonly #options: Kept;
  readonly #file: LmdbFile;
  readonly #dictionary = new Dictionary();
  readonly #writer: WriterRecord | undefined;
  #state: StoreStatus;
  #detail: string | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(options: StoreOptions) {
    const readOnly = options.readOnly ?? false;
    this.dir = resolve(options.dir);
    this.#options = {
      retentionS: options.retentionS ?? DEFAULT_RETENTION_S,
      flowBudgetBytes: options.flowBudgetBytes ?? DEFAULT_FLOW_BUDGET_BYTES,
      nameBudgetBytes: options.nameBudgetBytes ?? DEFAULT_NAME_BUDGET_BYTES,
      reserveBytes: options.reserveBytes,
      clock: options.clock ?? wallClockUs,
    };
    const isNew = prepareDirectory(this.dir, readOnly);
    if (!isNew) checkDataFile(this.dir);
    // The lock file and a new data file are written through memory maps: without blocks for them the process would get SIGBUS.
    if ((isNew || !existsSync(join(this.dir, 'lock.mdb'))) && isSpaceShort(this.dir, MIN_CREATE_BYTES))
      throw diskFull(this.dir);
    try {
      const size = options.mapSizeBytes === undefined ? {} : { mapSizeBytes: options.mapSizeBytes };
      this.#file = new LmdbFile({ dir: this.dir, readOnly, ...size });
    } catch (cause) {
      throw storeError(this.dir, cause);
    }
    this.#state = readOnly ? 'read-only' : 'recording';
    this.#detail = readOnly ? 'opened for reading' : undefined;
    try {
      if (!isNew) this.#file.read((reader) => checkFormat(this.dir, reader));
      this.#writer = readOnly ? undefined : this.#takeLock();
    } catch (cause) {
      void this.#file.close();
      throw storeError(this.dir, cause);
    }
    if (!readOnly) guardCommits();
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
      return this.#file.read((reader) => ask(new LmdbView(this.dir, reader)));
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
    await this.#file.close();
    if (recorded) releaseCommits();
  }

  async #append(batch: StoreBatch): Promise<void> {
    if (this.#state === 'closed' || this.#writer === undefined) {
      throw new KaipoError('KAIPO_STORE_BUSY', `the store in ${this.dir} is not open for recording`);
    }
    const change = (file: BlockReader & BlockWriter): void => this.#change(file, batch);
    try {
      if (isSpaceShort(this.dir, this.#options.reserveBytes)) throw diskFull(this.dir);
      // After a failure on this thread, where a second failure has one place to appear in.
      if (this.#state === 'read-only') this.#file.writeSync(change);
      else await this.#file.write(change);
      this.#state = 'recording';
      this.#detail = undefined;
    } catch (error) {
      this.#dictionary.forget();
      const known = storeError(this.dir, await commitCause(error));
      this.#state = 'read-only';
      this.#detail = known.message;
      throw known;
    }
  }

  #change(file: BlockReader & BlockWriter, { intervals, ended = [], names = [], baseline }: StoreBatch): void {
    const writer = readWriter(file);
    if (writer?.token !== this.#writer?.token) throw busy(this.dir, writer);
    const stored = file.get(STATE_KEY);
    const state = stored === undefined ? newState() : parseState(decodeBlock(stored));
    for (const interval of intervals) this.#insert(file, state, interval);
    if (baseline !== undefined) file.put(BASELINE_KEY, encodeBlock(baseline));
    appendRows(file, state, 'flows', ended.map(flowRow), FLOW_END_COLUMN);
    appendRows(file, state, 'names', names.map(nameRow), NAME_TIME_COLUMN);
    if (rollUp(file, state)) {
      // A clock that jumps ahead must not make history old: neither the newest row nor the clock alone decides.
      const nowS = Math.min(state.newestS, Math.floor(this.#options.clock() / US_PER_S));
      pruneBuckets(file, state, nowS, this.#options.retentionS);
      compactMinutes(file, state);
      pruneLog(file, state, 'flows', this.#options.flowBudgetBytes);
      pruneLog(file, state, 'names', this.#options.nameBudgetBytes);
    }
    file.put(STATE_KEY, encodeBlock(state));
  }

  #insert(file: BlockReader & BlockWriter, state: StoreState, interval: IntervalRecord): void {
    const startS = Math.max(0, Math.floor(interval.startUs / US_PER_S));
    insertBlocks(file, state, startS, intervalBlocks(interval, this.#dictionary, state, file));
    state.intervals += 1;
    state.lastEndUs = Math.max(state.lastEndUs, interval.endUs);
    state.mode = interval.mode ?? state.mode;
  }

  /** Atomic: lmdb lets one process at a time into a write transaction. */
  #takeLock(): WriterRecord {
    const writer = thisWriter(this.#options.clock);
    this.#file.writeSync((file) => {
      const present = readWriter(file);
      if (present !== undefined && isWriterAlive(present)) throw busy(this.dir, present);
      if (file.get(FORMAT_KEY) === undefined) {
        const createdUs = this.#options.clock();
        const format = { name: FORMAT_NAME, version: FORMAT_VERSION, createdUs, resolutionsS: [...RESOLUTIONS_S] };
        file.put(FORMAT_KEY, encodeBlock(format));
      }
      file.put(WRITER_KEY, encodeBlock(writer));
    });
    return writer;
  }

  #giveLockBack(): void {
    this.#file.writeSync((file) => {
      if (readWriter(file)?.token === this.#writer?.token) file.remove(WRITER_KEY);
    });
  }
}

/** Answers whether the store is new. */
function prepareDirectory(dir: string, readOnly: boolean): boolean {
  const present = statOf(join(dir, DATA_FILE));
  if (present?.isFile()) return false;
  if (present !== undefined) throw corrupt(dir, `${join(dir, DATA_FILE)} is not a file`);
  if (readOnly) {
    throw new KaipoError('KAIPO_STORE_MISSING', `no history in ${dir}`, 'kaipo live');
  }
  try {
    makeFolders(dir);
    chmodSync(dir, 0o700);
  } catch (cause) {
    throw new KaipoError('KAIPO_CANNOT_CREATE', `cannot create ${dir}: ${(cause as Error).message}`, undefined, {
      cause,
    });
  }
  return true;
}

/** Folder by folder: in places where nothing can be made (/proc) Node 20's own recursive way never ends. */
function makeFolders(dir: string): void {
  if (existsSync(dir)) return;
  const parent = dirname(dir);
  if (parent !== dir) makeFolders(parent);
  mkdirSync(dir, { mode: 0o700 });
}

function statOf(path: string): ReturnType<typeof statSync> | undefined {
  try {
    return statSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR')
      throw new KaipoError('KAIPO_CANNOT_CREATE', `${path} lies below something that is no directory`);
    throw new KaipoError('KAIPO_STORE_UNREADABLE', `cannot read ${path}`, 'run kaipo as the user who records', {
      cause,
    });
  }
}

function checkFormat(dir: string, reader: BlockReader): void {
  const bytes = reader.get(FORMAT_KEY);
  const format = (bytes === undefined ? undefined : decodeBlock(bytes)) as
    | { name?: unknown; version?: unknown }
    | undefined;
  if (format?.name !== FORMAT_NAME || typeof format.version !== 'number') {
    throw corrupt(dir, `${join(dir, DATA_FILE)} is a database, but not a kaipo store`);
  }
  if (format.version > FORMAT_VERSION) {
    throw corrupt(
      dir,
      `the store in ${dir} was written by a newer kaipo (format ${format.version}, this one reads ${FORMAT_VERSION})`,
    );
  }
}

function readWriter(file: BlockReader): WriterRecord | undefined {
  const bytes = file.get(WRITER_KEY);
  return bytes === undefined ? undefined : parseWriter(decodeBlock(bytes));
}

function busy(dir: string, writer: WriterRecord | undefined): KaipoError {
  const who = writer === undefined ? 'another process' : `process ${writer.pid}`;
  return new KaipoError(
    'KAIPO_STORE_BUSY',
    `${who} already records into ${dir}`,
    writer === undefined ? undefined : `end it with: kill ${writer.pid}, or choose another directory with --store`,
  );
}

function diskFull(dir: string, cause?: unknown): KaipoError {
  const message = `the disk that holds ${dir} is full: history is not recorded until there is space`;
  return new KaipoError('KAIPO_STORE_FULL', message, 'free some space; a recorder that runs resumes by itself', {
    cause,
  });
}

const EIO = 5;
const ENOMEM = 12;
const EACCES = 13;
const EFBIG = 27;
const ENOSPC = 28;
const EDQUOT = 122;
const MDB_MAP_FULL = -30_792;
/** lmdb reports a short write, which is what a full disk gives first, as EIO. */
const FULL = new Set<unknown>([EIO, ENOMEM, EFBIG, ENOSPC, EDQUOT, MDB_MAP_FULL]);

/** Every failure of lmdb as one of the named errors. */
function storeError(dir: string, cause: unknown): KaipoError {
  if (cause instanceof KaipoError)
    return cause.code === 'KAIPO_STORE_CORRUPT' ? corrupt(dir, cause.message, cause) : cause;
  const { code, message } = cause as { code?: unknown; message?: string };
  if (FULL.has(code) || /MDB_MAP_FULL|No space left/.test(message ?? '')) return diskFull(dir, cause);
  if (code === EACCES || /Permission denied/.test(message ?? '')) {
    const text = `cannot open the store in ${dir}: permission denied`;
    return new KaipoError('KAIPO_STORE_UNREADABLE', text, 'run kaipo as the user who records', { cause });
  }
  return corrupt(dir, `the store in ${dir} is damaged: ${message ?? String(cause)}`, cause);
}
