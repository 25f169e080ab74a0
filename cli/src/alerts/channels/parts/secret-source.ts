// What a channel must not tell: addresses with a password in them, tokens, signing secrets. Owns where it may be kept: a file that
// others cannot read, or a variable of the environment. Bound: MAX_SECRET_BYTES. Never puts it, or a part of it, into a message.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { KaipoError } from '@kaipo/core/kernel/errors.js';

const MAX_SECRET_BYTES = 4096;
const OTHERS_MAY = 0o077;

export interface SecretSource {
  readonly file?: string;
  /** The name of a variable. */
  readonly env?: string;
}

/** Trimmed and not empty. Raises KAIPO_BAD_CONFIG. @param key as the configuration calls it: alerts.slack url. */
export function readSecret({ file, env }: SecretSource, key: string, environment = process.env): string {
  const text = (file === undefined ? environment[env ?? ''] : readSecretFile(file, key))?.trim();
  if (text !== undefined && text !== '') return text;
  const where = file ?? `the variable ${env}`;
  throw bad(`${where} (${key}) ${text === undefined ? 'is not set' : 'is empty'}`);
}

function readSecretFile(path: string, key: string): string {
  let descriptor: number;
  try {
    // A pipe without a writer would hold kaipo up for ever.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw bad(`cannot read ${path} (${key}): ${(error as NodeJS.ErrnoException).code}`);
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > MAX_SECRET_BYTES) throw bad(`${path} (${key}) is no file of a secret`);
    if (process.platform !== 'win32' && (stats.mode & OTHERS_MAY) !== 0) {
      throw bad(`${path} (${key}) holds a secret and is open to other users`, `chmod 600 ${path}`);
    }
    const bytes = Buffer.alloc(MAX_SECRET_BYTES);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, MAX_SECRET_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}

const bad = (message: string, fix?: string): KaipoError => new KaipoError('KAIPO_BAD_CONFIG', message, fix);
