// The key of pseudonyms: made once, 0600, beside the store, or where the user keeps state when the store is another's. Owns the places and
// their order. Whoever has the key can tell whether a pseudonym stands for a name they guess.
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { readKeyFile } from '@kaipo/core/store/encryption-key.js';

const KEY_BYTES = 32;
const NAME = 'redact.key';
const SETTING = '--redact-key';

/**
 * The key of `file`, which is made when it is not there; without a file the one of this machine.
 * Raises KAIPO_STORE_KEY for a file others can read or that holds no key, KAIPO_CANNOT_CREATE when no place takes one.
 */
export function redactKey(storeDir: string, file?: string, env: NodeJS.ProcessEnv = process.env): Buffer {
  if (file !== undefined) {
    if (!existsSync(file)) make(file);
    return readKeyFile(file, SETTING);
  }
  const places = [join(storeDir, NAME), statePath(env)];
  // Of a directory we may not enter, the key is another's too.
  for (const place of places) if (existsSync(place)) return readKeyFile(place, SETTING);
  const problems: string[] = [];
  for (const place of places) {
    try {
      mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
      make(place);
      return readKeyFile(place, SETTING);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  throw new KaipoError('KAIPO_CANNOT_CREATE', problems.join('; '), 'kaipo report --redact --redact-key FILE');
}

function statePath(env: NodeJS.ProcessEnv): string {
  const given = env['XDG_STATE_HOME'];
  return join(given !== undefined && isAbsolute(given) ? given : join(homedir(), '.local', 'state'), 'kaipo', NAME);
}

/** Whole or not at all: of two that make it at once, the first wins and both read the same. */
function make(path: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    publish(draft, path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' && existsSync(path)) return;
    throw new KaipoError('KAIPO_CANNOT_CREATE', `cannot create ${path}: ${message.split(',')[0]}`, undefined, {
      cause,
    });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A name that is taken stays; file systems without links take the last one. */
function publish(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(code)) throw error;
    renameSync(draft, path);
  }
}
