// From a folder to an open database of ours, or a named error and nothing changed. Owns the order of the questions: the key, the
// folder, whether it is encrypted, whether the file is whole, then lmdb, then the format inside.
// Must not know who writes, nor what is stored besides the format record.
import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KaipoError } from '../kernel/errors.js';
import type { BlockReader } from './block-access.js';
import { decodeBlock } from './block-codec.js';
import { checkDataFile } from './data-file-check.js';
import { openSettled } from './data-swap.js';
import { type KeySource, keyError, loadEncryptionKey } from './encryption-key.js';
import { isSpaceShort } from './free-space.js';
import {
  isSameKeyCheck,
  KEY_CHECK_FILE,
  type KeyCheck,
  newKeyCheck,
  parseKeyCheck,
  readKeyCheck,
  unlock,
  writeKeyCheck,
} from './key-check-file.js';
import { DATA_FILE, type LmdbFile, LOCK_FILE } from './lmdb-file.js';
import { corrupt, diskFull, storeError } from './store-errors.js';
import { FORMAT_KEY } from './store-keys.js';
import { FORMAT_NAME, FORMAT_VERSION } from './store-migrations.js';

/** What lmdb needs to make its files: 12 kB were seen to do; more is a matter of taste on a full disk. */
const MIN_CREATE_BYTES = 262_144;

export interface StoreFileOptions extends KeySource {
  readonly dir: string;
  readonly readOnly: boolean;
  readonly mapSizeBytes?: number;
  /** A writer that makes no store where there is none. */
  readonly mustExist?: boolean;
  /** A key that a plain store does not need is left alone: for a copy that gets another. */
  readonly mayBePlain?: boolean;
}

export interface OpenedFile {
  readonly file: LmdbFile;
  /** Nothing is in it yet, not even the format record: also when an earlier creation was cut short. */
  readonly isNew: boolean;
  /** Belongs into the format record of a new store; present when the store is encrypted. */
  readonly keyCheck?: KeyCheck;
}

/** What the format record of the store says. */
export interface StoredFormat {
  readonly version: number;
  readonly createdUs?: number;
  readonly keyCheck?: KeyCheck;
}

/** Raises what openStore raises. A writer creates the folder and the files; a reader nothing. */
export function openStoreFile(options: StoreFileOptions): OpenedFile {
  const { dir, readOnly, mapSizeBytes } = options;
  const key = loadEncryptionKey(options);
  const mustExist = readOnly || options.mustExist === true;
  const isMissing = prepareDirectory(dir, mustExist);
  let keyCheck = readKeyCheck(dir);
  let keys = keyCheck === undefined ? undefined : unlock(dir, keyCheck, key);
  if (!isMissing) checkDataFile(dir);
  checkLockFile(dir, readOnly);
  // The lock file and a new data file are written through memory maps: without blocks for them the process would get SIGBUS.
  if ((isMissing || !existsSync(join(dir, LOCK_FILE))) && isSpaceShort(dir, MIN_CREATE_BYTES)) throw diskFull(dir);
  if (isMissing && keyCheck === undefined && key !== undefined) {
    // Another process may have made one at the same moment: theirs counts.
    writeKeyCheck(dir, newKeyCheck(key));
    keyCheck = readKeyCheck(dir);
    if (keyCheck !== undefined) keys = unlock(dir, keyCheck, key);
  }
  let file: LmdbFile | undefined;
  try {
    file = openSettled({ dir, readOnly, ...(mapSizeBytes === undefined ? {} : { mapSizeBytes }) });
    const format = file.entryCount() === 0 ? undefined : file.read((reader) => readFormat(dir, reader));
    if (format === undefined && mustExist) throw missing(dir);
    if (format !== undefined) {
      if (format.keyCheck === undefined) refuseKey(dir, options.mayBePlain === true ? undefined : key, keyCheck);
      else {
        keyCheck = ownKeyCheck(dir, format.keyCheck, keyCheck);
        keys = unlock(dir, keyCheck, key);
        if (!readOnly) writeKeyCheck(dir, keyCheck);
      }
    }
    if (keys !== undefined) file.seal(keys);
    return { file, isNew: format === undefined, ...(keyCheck === undefined ? {} : { keyCheck }) };
  } catch (cause) {
    file?.abandon();
    throw storeError(dir, cause);
  }
}

/** Raises KAIPO_STORE_CORRUPT for a foreign database, KAIPO_STORE_NEWER. */
export function readFormat(dir: string, reader: BlockReader): StoredFormat {
  const bytes = reader.get(FORMAT_KEY);
  const format = (bytes === undefined ? undefined : decodeBlock(bytes)) as
    | { name?: unknown; version?: unknown; createdUs?: unknown; keyCheck?: unknown }
    | undefined;
  if (format?.name !== FORMAT_NAME || typeof format.version !== 'number') {
    throw corrupt(dir, `${join(dir, DATA_FILE)} is a database, but not a kaipo store`);
  }
  if (format.version > FORMAT_VERSION) {
    throw new KaipoError(
      'KAIPO_STORE_NEWER',
      `the store in ${dir} was written by a newer kaipo (format ${format.version}, this one reads ${FORMAT_VERSION})`,
      'update kaipo, or choose another directory with --store',
    );
  }
  const keyCheck = parseKeyCheck(format.keyCheck);
  return {
    version: format.version,
    ...(typeof format.createdUs === 'number' ? { createdUs: format.createdUs } : {}),
    ...(keyCheck === undefined ? {} : { keyCheck }),
  };
}

function ownKeyCheck(dir: string, inside: KeyCheck, beside: KeyCheck | undefined): KeyCheck {
  if (beside !== undefined && !isSameKeyCheck(inside, beside)) throw strangeKeyCheck(dir);
  return inside;
}

function refuseKey(dir: string, key: Buffer | undefined, beside: KeyCheck | undefined): void {
  if (beside !== undefined) throw strangeKeyCheck(dir);
  if (key === undefined) return;
  throw keyError(
    `a key was given, but the store in ${dir} is not encrypted`,
    `make an encrypted copy with: kaipo db backup ${dir}-encrypted --key-file FILE, or leave the key out`,
  );
}

function strangeKeyCheck(dir: string): KaipoError {
  const path = join(dir, KEY_CHECK_FILE);
  return keyError(`${path} belongs to another store than the ${DATA_FILE} beside it`, `rm ${path}`);
}

function missing(dir: string): KaipoError {
  return new KaipoError('KAIPO_STORE_MISSING', `no history in ${dir}`, 'kaipo daemon');
}

/** lmdb does not survive a lock file it cannot open. */
function checkLockFile(dir: string, readOnly: boolean): void {
  const path = join(dir, LOCK_FILE);
  const present = statOf(path);
  if (present !== undefined && !present.isFile()) {
    throw new KaipoError('KAIPO_STORE_CORRUPT', `${path} is not a file`, `move ${path} away`);
  }
  if (present === undefined && readOnly) return;
  const needed = present === undefined ? dir : path;
  try {
    accessSync(needed, constants.R_OK | constants.W_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // A reader does without a lock file on a file system that cannot change.
    if (code === 'EROFS' && readOnly) return;
    throw storeError(
      dir,
      Object.assign(new Error(code === 'EROFS' ? 'Read-only file system' : 'Permission denied'), { cause }),
    );
  }
}

/** Answers whether the store is new. */
function prepareDirectory(dir: string, mustExist: boolean): boolean {
  const present = statOf(join(dir, DATA_FILE));
  if (present?.isFile()) return false;
  if (present !== undefined) throw corrupt(dir, `${join(dir, DATA_FILE)} is not a file`);
  if (mustExist) {
    throw missing(dir);
  }
  try {
    makeFolders(dir);
    chmodSync(dir, 0o700);
  } catch (cause) {
    const fix = 'choose a directory that can be written with --store';
    throw new KaipoError('KAIPO_CANNOT_CREATE', `cannot create ${dir}: ${(cause as Error).message}`, fix, { cause });
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
      throw new KaipoError(
        'KAIPO_CANNOT_CREATE',
        `${path} lies below something that is no directory`,
        'choose another directory with --store',
      );
    throw new KaipoError('KAIPO_STORE_UNREADABLE', `cannot read ${path}`, 'run kaipo as the user who records', {
      cause,
    });
  }
}
