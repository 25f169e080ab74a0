// A consistent copy of a store while a recorder goes on: complete under its name or not there at all. With the same key lmdb copies
// its pages; with another one, or none, every value is read and written again. Owns where the copy grows and how it gets its name.
// Bound: COPIED_PER_WRITE entries in memory.
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { wallClockUs } from '../kernel/clock.js';
import { KaipoError } from '../kernel/errors.js';
import { decodeBlock, encodeBlock } from './block-codec.js';
import { syncFolder } from './data-swap.js';
import { idKeyOfName, readName } from './dictionary.js';
import { EncryptionKeys, type KeySource, loadEncryptionKey } from './encryption-key.js';
import { KEY_CHECK_FILE, type KeyCheck, newKeyCheck, writeKeyCheck } from './key-check-file.js';
import { DATA_FILE, LmdbFile, LOCK_FILE } from './lmdb-file.js';
import { makeDurable } from './store-compact.js';
import { diskFull, storeError } from './store-errors.js';
import { FIRST_KEY, FORMAT_KEY, LAST_KEY, placeOf, type StoreKey, WRITER_KEY } from './store-keys.js';
import { openStoreFile, type StoreFileOptions } from './store-opening.js';
import { isWriterAlive, parseWriter } from './writer-lock.js';

const COPIED_PER_WRITE = 1000;
/** So long nobody has written to a copy that is given up. */
const REST_IDLE_MS = 60_000;
const STORE_FILES = new Set([DATA_FILE, LOCK_FILE, KEY_CHECK_FILE]);

export interface BackupRequest {
  /** A folder: the copy is a store of its own. */
  readonly target: string;
  /** Replace a store that is there already. */
  readonly force?: boolean;
  /** The key of the copy, or `none`; absent: the one of the store. */
  readonly encryption?: KeySource | 'none';
}

export interface BackupAnswer {
  readonly target: string;
  readonly bytes: number;
  readonly isEncrypted: boolean;
}

/**
 * Raises what openStore raises for a reader, KAIPO_CANNOT_CREATE when there is something under the name of the copy,
 * KAIPO_STORE_BUSY when a recorder writes there, KAIPO_STORE_FULL. Then nothing is left of the copy.
 */
export async function backupStore(
  source: Omit<StoreFileOptions, 'readOnly' | 'mayBePlain'>,
  { target, force = false, encryption }: BackupRequest,
): Promise<BackupAnswer> {
  const to = resolve(target);
  const newKey = encryption === undefined || encryption === 'none' ? undefined : loadEncryptionKey(encryption);
  removeRests(to);
  checkTarget(source.dir, to, force);
  const { file, keyCheck } = openStoreFile({ ...source, readOnly: true, mayBePlain: encryption !== undefined });
  const growing = `${to}.${process.pid}.tmp`;
  try {
    const { pageBytes, pages, freePages } = file.pageCounts();
    makeFolder(growing, to);
    const { bavail, bsize } = statfsSync(growing);
    if (bavail * bsize < (pages - freePages) * pageBytes) throw diskFull(growing);
    const copyCheck = encryption === undefined ? keyCheck : newKey === undefined ? undefined : newKeyCheck(newKey);
    if (encryption === undefined) await copyPages(file, growing);
    else await copyValues(file, growing, copyCheck, newKey);
    rmSync(join(growing, LOCK_FILE), { force: true });
    makeDurable(join(growing, DATA_FILE));
    if (copyCheck !== undefined) writeKeyCheck(growing, copyCheck);
    syncFolder(growing);
    putInPlace(growing, to);
    return { target: to, bytes: statSync(join(to, DATA_FILE)).size, isEncrypted: copyCheck !== undefined };
  } catch (cause) {
    throw storeError(to, cause);
  } finally {
    rmSync(growing, { recursive: true, force: true });
    await file.close();
  }
}

/** What is under the name may be replaced only when it is a store nobody writes, and someone asked for it. */
function checkTarget(source: string, target: string, force: boolean): void {
  if (!existsSync(target)) return;
  const refuse = (why: string, fix?: string): KaipoError =>
    new KaipoError('KAIPO_CANNOT_CREATE', `cannot create ${target}: ${why}`, fix);
  if (existsSync(source) && realpathSync(source) === realpathSync(target)) throw refuse('that is the store itself');
  if (!statSync(target).isDirectory()) throw refuse('there is a file of that name', 'choose another name');
  const names = readdirSync(target);
  if (names.length === 0) return;
  const strange = names.find((name) => !STORE_FILES.has(name));
  if (strange !== undefined) throw refuse(`it is a folder with other things in it (${strange})`, 'choose another name');
  if (!force) throw refuse('there is a store of that name', 'choose another name, or add --force to replace it');
  const present = new LmdbFile({ dir: target, readOnly: true });
  try {
    const bytes = present.readStored((stored) => stored.get(WRITER_KEY));
    const writer = bytes === undefined ? undefined : parseWriter(decodeBlock(bytes));
    if (writer !== undefined && isWriterAlive(writer, target)) throw refuse(`process ${writer.pid} records into it`);
  } finally {
    present.abandon();
  }
}

/** What copies to the same place left behind when their process was killed; one that had taken the place of a copy gives it back. */
function removeRests(target: string): void {
  const parent = dirname(target);
  const prefix = `${basename(target)}.`;
  let names: string[];
  try {
    names = readdirSync(parent).filter((name) => name.startsWith(prefix));
  } catch {
    // Whoever makes the folder says what is wrong with it.
    return;
  }
  for (const name of names) {
    const [, pid, isOld] = /^(\d+)\.tmp(\.old)?$/.exec(name.slice(prefix.length)) ?? [];
    const path = join(parent, name);
    if (pid === undefined || isProcess(Number(pid)) || idleMs(path) < REST_IDLE_MS) continue;
    if (isOld !== undefined && !existsSync(target)) renameSync(path, target);
    else rmSync(path, { recursive: true, force: true });
  }
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A pid of another container says nothing: a copy that grows is known by its file. */
function idleMs(folder: string): number {
  const atMs = [folder, join(folder, DATA_FILE)].map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return wallClockUs() / 1000 - Math.max(...atMs);
}

function makeFolder(folder: string, target: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? `there is no folder ${dirname(target)}` : message;
    const fix = 'name a place that can be written';
    throw new KaipoError('KAIPO_CANNOT_CREATE', `cannot create ${target}: ${why}`, fix, { cause });
  }
}

/** The copy would say that a recorder writes it. */
async function copyPages(file: LmdbFile, folder: string): Promise<void> {
  await file.copyTo(folder);
  const copy = new LmdbFile({ dir: folder, readOnly: false });
  copy.writeSync((access) => access.remove(WRITER_KEY));
  await copy.close();
}

async function copyValues(
  file: LmdbFile,
  folder: string,
  keyCheck: KeyCheck | undefined,
  key: Buffer | undefined,
): Promise<void> {
  const copy = new LmdbFile({ dir: folder, readOnly: false });
  if (keyCheck !== undefined && key !== undefined)
    copy.seal(new EncryptionKeys(key, Buffer.from(keyCheck.salt, 'base64url')));
  try {
    file.read((reader) => {
      let batch: { key: StoreKey; value: Uint8Array }[] = [];
      const write = (): void => {
        copy.writeSync((access) => {
          for (const { key: at, value } of batch) {
            const place = placeOf(at);
            // How a name is found depends on the key of the store.
            if (place?.kind === 'name' && place.id === undefined) continue;
            access.put(at, value);
            if (place?.kind !== 'name' || place.id === undefined) continue;
            access.put(idKeyOfName(place.name, readName(place.name, place.id, reader), access), encodeBlock(place.id));
          }
        });
        batch = [];
      };
      for (const { key: at, value } of reader.range(FIRST_KEY, LAST_KEY)) {
        const text = JSON.stringify(at);
        if (text === JSON.stringify(WRITER_KEY)) continue;
        // lmdb may use the bytes it gave again.
        const kept = text === JSON.stringify(FORMAT_KEY) ? formatWith(value, keyCheck) : Buffer.from(value);
        batch.push({ key: at, value: kept });
        if (batch.length === COPIED_PER_WRITE) write();
      }
      write();
    });
  } finally {
    await copy.close();
  }
}

function formatWith(value: Uint8Array, keyCheck: KeyCheck | undefined): Buffer {
  const { keyCheck: _, ...format } = decodeBlock(value) as { keyCheck?: unknown };
  return encodeBlock({ ...format, ...(keyCheck === undefined ? {} : { keyCheck }) });
}

function putInPlace(growing: string, target: string): void {
  const old = `${growing}.old`;
  const isReplacing = existsSync(target);
  try {
    if (isReplacing) renameSync(target, old);
    try {
      renameSync(growing, target);
    } catch (cause) {
      if (isReplacing) renameSync(old, target);
      throw cause;
    }
  } catch (cause) {
    throw new KaipoError('KAIPO_CANNOT_CREATE', `cannot create ${target}: ${(cause as Error).message}`, undefined, {
      cause,
    });
  }
  rmSync(old, { recursive: true, force: true });
  syncFolder(dirname(target));
}
