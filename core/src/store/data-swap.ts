// How the data file is replaced under its name while others may open the store. LMDB keeps the newest transaction in lock.mdb, so
// a new data file needs a new lock file, and two files cannot be renamed at once: a note says that it is being done. Whoever opens
// the store waits for the note to go, or finishes the work of a process that died, and looks whether it got a matching pair.
// Owns the note and the order of the steps. Must not know what is stored.
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DATA_FILE, LmdbFile, type LmdbFileOptions, LOCK_FILE } from './lmdb-file.js';
import { busy, corrupt } from './store-errors.js';
import { isWriterAlive, parseWriter, type WriterRecord } from './writer-lock.js';

/** Holds the new data file, and for a moment the old ones. */
export const SWAP_DIR = 'compacting';
const NOTE_FILE = 'compacting.json';
const OLD_DATA = 'old-data.mdb';
const OLD_LOCK = 'old-lock.mdb';
const WAIT_STEP_MS = 5;
const MAX_WAIT_MS = 3000;

/** Opens the database when no swap is under way, and so that its two files belong together. */
export function openSettled(options: LmdbFileOptions): LmdbFile {
  const { dir } = options;
  for (let waitedMs = 0; waitedMs <= MAX_WAIT_MS; waitedMs += WAIT_STEP_MS) {
    if (isSwapUnderWay(dir)) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_STEP_MS);
      continue;
    }
    const data = fileId(join(dir, DATA_FILE));
    const lock = fileId(join(dir, LOCK_FILE));
    const file = new LmdbFile(options);
    const isPair =
      (data === undefined || data === fileId(join(dir, DATA_FILE))) &&
      (lock === undefined || lock === fileId(join(dir, LOCK_FILE)));
    if (isPair && fileId(join(dir, NOTE_FILE)) === undefined) return file;
    file.abandon();
  }
  throw busy(dir, readNote(dir)?.writer);
}

/** Device and inode; undefined when there is no such file. */
export function fileId(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

/**
 * Puts SWAP_DIR/data.mdb in the place of data.mdb and opens it. `writer` is this process, which holds the store. All or nothing:
 * when the new file does not open, the old ones are back. The caller closes the old database afterwards.
 */
export function swapDataFile(dir: string, writer: WriterRecord, open: () => LmdbFile): void {
  const data = join(dir, DATA_FILE);
  const lock = join(dir, LOCK_FILE);
  const aside = (name: string): string => join(dir, SWAP_DIR, name);
  const note = { writer, newData: fileId(aside(DATA_FILE)), oldLock: fileId(lock) };
  const draft = join(dir, SWAP_DIR, NOTE_FILE);
  writeFileSync(draft, JSON.stringify(note), { mode: 0o600 });
  renameSync(draft, join(dir, NOTE_FILE));
  try {
    linkSync(data, aside(OLD_DATA));
    renameSync(aside(DATA_FILE), data);
    try {
      renameSync(lock, aside(OLD_LOCK));
      open();
      syncFolder(dir);
    } catch (cause) {
      renameSync(aside(OLD_DATA), data);
      renameSync(aside(OLD_LOCK), lock);
      throw cause;
    }
  } finally {
    rmSync(join(dir, NOTE_FILE), { force: true });
    rmSync(join(dir, SWAP_DIR), { recursive: true, force: true });
  }
}

/** Of a compaction that was killed before it had a note. Only for who holds the store: nobody else compacts it then. */
export function removeSwapRests(dir: string): void {
  if (readNote(dir) === undefined) rmSync(join(dir, SWAP_DIR), { recursive: true, force: true });
}

export function syncFolder(dir: string): void {
  const descriptor = openSync(dir, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

interface SwapNote {
  readonly writer: WriterRecord;
  readonly newData: unknown;
  readonly oldLock: unknown;
}

function isSwapUnderWay(dir: string): boolean {
  const note = readNote(dir);
  if (note === undefined) return false;
  if (isWriterAlive(note.writer, dir)) return true;
  // It died in the middle. With the new data in place the old lock file must go; before that nothing was changed.
  const lock = join(dir, LOCK_FILE);
  if (fileId(join(dir, DATA_FILE)) === note.newData && fileId(lock) === note.oldLock) rmSync(lock, { force: true });
  rmSync(join(dir, NOTE_FILE), { force: true });
  rmSync(join(dir, SWAP_DIR), { recursive: true, force: true });
  return false;
}

function readNote(dir: string): SwapNote | undefined {
  let text: string;
  try {
    text = readFileSync(join(dir, NOTE_FILE), 'utf8');
  } catch {
    return undefined;
  }
  const { writer, newData, oldLock } = parsed(text) as Partial<SwapNote>;
  const known = parseWriter(writer);
  if (known === undefined) throw corrupt(dir, `${join(dir, NOTE_FILE)} is damaged`);
  return { writer: known, newData, oldLock };
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
