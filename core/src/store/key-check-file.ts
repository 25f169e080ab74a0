// key-check.json beside the data file: says whether a store is encrypted and whether a key is the right one, before lmdb opens
// anything. Holds a salt and a check value, neither of which tells the key; the format record inside carries the same.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { KaipoError } from '../kernel/errors.js';
import { EncryptionKeys, keyError } from './encryption-key.js';
import { diskFull } from './store-errors.js';

export const KEY_CHECK_FILE = 'key-check.json';
const CIPHER = 'aes-256-gcm';
const SALT_BYTES = 16;
const MAX_FILE_BYTES = 4096;

/** As JSON and as a part of the format record; salt and check are base64url. */
export interface KeyCheck {
  readonly cipher: string;
  readonly salt: string;
  readonly check: string;
}

export function newKeyCheck(key: Uint8Array): KeyCheck {
  const salt = randomBytes(SALT_BYTES);
  const { check } = new EncryptionKeys(key, salt);
  return { cipher: CIPHER, salt: salt.toString('base64url'), check: check.toString('base64url') };
}

export function parseKeyCheck(value: unknown): KeyCheck | undefined {
  const { cipher, salt, check } = (value ?? {}) as Partial<KeyCheck>;
  if (cipher !== CIPHER || typeof salt !== 'string' || typeof check !== 'string') return undefined;
  return { cipher, salt, check };
}

export function isSameKeyCheck(left: KeyCheck, right: KeyCheck): boolean {
  return left.salt === right.salt && left.check === right.check;
}

/** Undefined when there is none. Raises KAIPO_STORE_KEY when it is damaged, KAIPO_STORE_UNREADABLE. */
export function readKeyCheck(dir: string): KeyCheck | undefined {
  const path = join(dir, KEY_CHECK_FILE);
  let text: string;
  try {
    const size = statSync(path).size;
    text = size > MAX_FILE_BYTES ? '' : readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new KaipoError('KAIPO_STORE_UNREADABLE', `cannot read ${path}`, 'run kaipo as the user who records', {
      cause,
    });
  }
  const found = parseKeyCheck(parsed(text));
  if (found === undefined) throw keyError(`${path} is damaged`, `rm ${path} (the store carries a copy of it)`);
  return found;
}

/** Makes the file, complete or not at all; one that is there already stays. Raises KAIPO_CANNOT_CREATE, KAIPO_STORE_FULL. */
export function writeKeyCheck(dir: string, keyCheck: KeyCheck): void {
  const path = join(dir, KEY_CHECK_FILE);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const descriptor = openSync(temporary, 'w', 0o600);
    try {
      writeSync(descriptor, `${JSON.stringify(keyCheck)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    putInPlace(temporary, path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw diskFull(dir, cause);
    throw new KaipoError('KAIPO_CANNOT_CREATE', `cannot create ${path}: ${message}`, undefined, { cause });
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Is it the draft of one that was being written? */
export function isKeyCheckDraft(name: string): boolean {
  return name.startsWith(`${KEY_CHECK_FILE}.`) && name.endsWith('.tmp');
}

/** The working keys. Raises KAIPO_STORE_KEY without a key, and for another one. */
export function unlock(dir: string, { salt, check }: KeyCheck, key: Uint8Array | undefined): EncryptionKeys {
  if (key === undefined) {
    const fix = 'name the key file with [store] encryption_key_file, or put the key into KAIPO_STORE_KEY';
    throw keyError(`the store in ${dir} is encrypted, and no key was given`, fix);
  }
  const keys = new EncryptionKeys(key, Buffer.from(salt, 'base64url'));
  if (keys.matches(Buffer.from(check, 'base64url'))) return keys;
  throw keyError(
    `the key does not open the store in ${dir}`,
    'give the key the store was made with, or another --store',
  );
}

/** A link, unlike a rename, leaves what another process made meanwhile. */
function putInPlace(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    // File systems without links (FAT).
    renameSync(temporary, path);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
