// Tokens at rest. Owns: where the file is, its form, its rights, and that two commands at once lose nothing. A token is 256 random bits, so
// its plain SHA-256 is kept: there is nothing to guess, hence nothing for salt or a slow hash to protect. Must not know requests.
// Bounds: MAX_TOKENS, MAX_BYTES; a further token is refused.
import { createHash } from 'node:crypto';
import { chownSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { ApiConfig } from '@kaipo/core/config/kaipo-config.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { shellWord } from '../../output/runnable-command.js';
import { writeConfigFile } from '../../settings/write-config-file.js';
import { withFileLock } from './file-lock.js';

export type TokenAccess = 'full' | 'read-only';

export interface TokenEntry {
  readonly name: string;
  /** SHA-256 of the token, 64 hex digits. */
  readonly sha256: string;
  readonly access: TokenAccess;
  /** Seconds since the epoch. */
  readonly created: number;
  /** Absent: it holds until it is removed. */
  readonly expires?: number;
}

export const MAX_TOKENS = 64;
export const TOKEN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@ -]{0,63}$/;
const MAX_BYTES = 65_536;
const SCHEMA = 'kaipo.tokens/1';
const DIGEST = /^[0-9a-f]{64}$/;

export const tokenDigest = (token: string): Buffer => createHash('sha256').update(token).digest();

/** api.tokens_file, else tokens.json in a service's state directory, else in the user's (XDG base directories). */
export function tokensFile(
  api: Pick<ApiConfig, 'tokensFile'>,
  environment: NodeJS.ProcessEnv = process.env,
  home = homedir(),
): string {
  if (api.tokensFile !== undefined) return resolve(api.tokensFile);
  // systemd may name several, separated by colons; the first is ours.
  const service = environment['STATE_DIRECTORY']?.split(':')[0];
  if (service !== undefined && isAbsolute(service)) return join(service, 'tokens.json');
  const state = environment['XDG_STATE_HOME'];
  return join(state !== undefined && isAbsolute(state) ? state : join(home, '.local', 'state'), 'kaipo', 'tokens.json');
}

/** No file: no tokens. Raises KAIPO_BAD_CONFIG where others can read or change it, and for a damaged one. */
export function readTokens(path: string): readonly TokenEntry[] {
  let text: string;
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return [];
    const uid = process.geteuid?.();
    if (uid !== undefined && stats.uid !== uid && stats.uid !== 0 && uid !== 0) {
      throw new KaipoError('KAIPO_BAD_CONFIG', `${path} belongs to another user and is not used`);
    }
    if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      throw new KaipoError('KAIPO_BAD_CONFIG', `${path} is open to other users`, `chmod 600 ${shellWord(path)}`);
    }
    if (!stats.isFile() || stats.size > MAX_BYTES) throw damaged(path, 'is no file of tokens');
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof KaipoError) throw error;
    throw damaged(path, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  return parsed(path, text);
}

/** Changes the list under a lock; an error in `change` leaves the file as it was. */
export function changeTokens(
  path: string,
  change: (tokens: readonly TokenEntry[]) => readonly TokenEntry[],
): readonly TokenEntry[] {
  return withFileLock(path, () => {
    const isNew = statSync(path, { throwIfNoEntry: false }) === undefined;
    const tokens = change(readTokens(path));
    writeConfigFile(path, `${JSON.stringify({ schema: SCHEMA, tokens }, undefined, 2)}\n`);
    if (isNew) giveToFolder(path);
    return tokens;
  });
}

/** Made by root for a service that is not: it belongs to whom its folder belongs. */
function giveToFolder(path: string): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = statSync(dirname(path));
  if (uid !== 0) chownSync(path, uid, gid);
}

function parsed(path: string, text: string): TokenEntry[] {
  let tokens: unknown;
  try {
    tokens = (JSON.parse(text) as { tokens?: unknown }).tokens;
  } catch {
    throw damaged(path, 'is no JSON');
  }
  if (!Array.isArray(tokens) || tokens.length > MAX_TOKENS || !tokens.every(isEntry)) {
    throw damaged(path, 'is no list of tokens');
  }
  return tokens;
}

const isEntry = (value: unknown): value is TokenEntry => {
  if (typeof value !== 'object' || value === null) return false;
  const { name, sha256, access, created, expires } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    TOKEN_NAME.test(name) &&
    typeof sha256 === 'string' &&
    DIGEST.test(sha256) &&
    (access === 'full' || access === 'read-only') &&
    typeof created === 'number' &&
    (expires === undefined || typeof expires === 'number')
  );
};

const damaged = (path: string, what: string): KaipoError =>
  new KaipoError('KAIPO_BAD_CONFIG', `${path} ${what}`, `move it away and make new tokens: kaipo token add NAME`);
