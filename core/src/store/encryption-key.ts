// The key of an encrypted store: where a person keeps it and what is made of it. Owns the accepted text, the demands on a key
// file, and the derivation (HKDF, RFC 5869). Never puts a key, or a part of one, into a message.
// Bound: MAX_KEY_FILE_BYTES are read.
import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { KaipoError } from '../kernel/errors.js';

const KEY_BYTES = 32;
const MAX_KEY_FILE_BYTES = 4096;
const OTHERS_MAY = 0o077;
const CHECK_BYTES = 16;

/** Where the key is: text as it stands in KAIPO_STORE_KEY, or a file with the same text. The text wins. */
export interface KeySource {
  readonly key?: string;
  readonly keyFile?: string;
}

/** The 32 bytes of the key; undefined when none is given. Raises KAIPO_STORE_KEY. */
export function loadEncryptionKey({ key, keyFile }: KeySource): Buffer | undefined {
  if (key !== undefined) return keyFromText(key, 'KAIPO_STORE_KEY');
  return keyFile === undefined ? undefined : readKeyFile(keyFile);
}

/** 64 hex digits, or 32 bytes as base64 or base64url; space around it does not matter. Raises KAIPO_STORE_KEY. */
export function keyFromText(text: string, origin: string): Buffer {
  const trimmed = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return Buffer.from(trimmed, 'hex');
  // 43 characters hold 32 bytes; Node reads both alphabets.
  if (/^(?:[A-Za-z0-9+/]{43}|[A-Za-z0-9_-]{43})=?$/.test(trimmed)) return Buffer.from(trimmed, 'base64url');
  const what = trimmed === '' ? 'is empty' : 'is no key: 64 hex digits or 32 bytes in base64 are needed';
  throw keyError(`${origin} ${what}`, 'make one with: (umask 077; openssl rand -hex 32 > kaipo.key)');
}

/**
 * Raises KAIPO_STORE_KEY when the file is missing, unreadable, open to others, someone else's, or holds no key.
 * `setting`: what names the file, for the message.
 */
export function readKeyFile(path: string, setting = '[store] encryption_key_file'): Buffer {
  const descriptor = openKeyFile(path, setting);
  try {
    const { mode, uid, size } = fstatSync(descriptor);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) {
      throw keyError(`the key file ${path} is not a file`, `name a file with ${setting}`);
    }
    const me = process.geteuid?.();
    if (me !== undefined && uid !== me && uid !== 0) {
      throw keyError(`the key file ${path} belongs to another user`, `sudo chown ${me} ${path}`);
    }
    if (me !== undefined && (mode & OTHERS_MAY) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0');
      throw keyError(`the key file ${path} can be read by others (mode ${shown})`, `chmod 600 ${path}`);
    }
    if (size > MAX_KEY_FILE_BYTES) throw keyError(`the key file ${path} is too long to be a key`);
    const bytes = Buffer.alloc(MAX_KEY_FILE_BYTES);
    const length = readSync(descriptor, bytes, 0, MAX_KEY_FILE_BYTES, 0);
    return keyFromText(bytes.toString('latin1', 0, length), `the key file ${path}`);
  } catch (cause) {
    if (cause instanceof KaipoError) throw cause;
    throw keyError(`cannot read the key file ${path}: ${(cause as Error).message}`, undefined, cause);
  } finally {
    closeSync(descriptor);
  }
}

function openKeyFile(path: string, setting: string): number {
  try {
    // A pipe without a writer would hold the command up for ever.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const fix = `put the key back, or name the right file with ${setting}`;
      throw keyError(`the key file ${path} is missing`, fix, cause);
    }
    throw keyError(
      `cannot read the key file ${path}: permission denied`,
      'run kaipo as the user the key belongs to',
      cause,
    );
  }
}

/** What one store makes of the key with its own salt: nothing of it tells the key. */
export class EncryptionKeys {
  readonly values: KeyObject;
  readonly #names: Buffer;
  /** Says whether a key is the right one. */
  readonly check: Buffer;

  constructor(key: Uint8Array, salt: Uint8Array) {
    const derive = (use: string, bytes: number): Buffer =>
      Buffer.from(hkdfSync('sha256', key, salt, `kaipo store ${use}`, bytes));
    this.values = createSecretKey(derive('values', KEY_BYTES));
    this.#names = derive('names', KEY_BYTES);
    this.check = derive('check', CHECK_BYTES);
  }

  /** A name as others may see it: the same for the same name in this store only. */
  digest(text: string): string {
    return createHmac('sha256', this.#names).update(text).digest('base64url');
  }

  matches(check: Uint8Array): boolean {
    return check.length === this.check.length && timingSafeEqual(check, this.check);
  }
}

export function keyError(message: string, fix?: string, cause?: unknown): KaipoError {
  return new KaipoError('KAIPO_STORE_KEY', message, fix, cause === undefined ? undefined : { cause });
}
