// One configuration file as text. Owns: where files are looked for, whose file may configure kaipo, and every way in which a file
// cannot be read. Must not know TOML. Bound: MAX_FILE_BYTES.
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { KaipoError } from '../kernel/errors.js';
import { safeText } from '../kernel/safe-text.js';

export const MAX_FILE_BYTES = 1024 * 1024;
export const SYSTEM_FILE = '/etc/kaipo/config.toml';
const FILE_NAME = 'kaipo.toml';

export interface ConfigPlace {
  readonly path: string;
  readonly kind: 'named' | 'directory' | 'user' | 'system';
}

export interface PlaceSources {
  readonly file?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly systemFile?: string;
}

/** The user's own file (XDG base directories: relative paths are ignored). */
export function userConfigFile({ env, home }: Pick<PlaceSources, 'env' | 'home'>): string {
  const base = env['XDG_CONFIG_HOME'];
  return join(base !== undefined && isAbsolute(base) ? base : join(home, '.config'), 'kaipo', 'config.toml');
}

/** Where configuration is looked for, strongest first; a named file is the only one. */
export function configPlaces(sources: PlaceSources): readonly ConfigPlace[] {
  if (sources.file !== undefined) return [{ path: resolve(sources.cwd, sources.file), kind: 'named' }];
  return [
    { path: join(sources.cwd, FILE_NAME), kind: 'directory' },
    { path: userConfigFile(sources), kind: 'user' },
    { path: sources.systemFile ?? SYSTEM_FILE, kind: 'system' },
  ];
}

/**
 * The text of the file; undefined when there is none (a named file must be there).
 * Raises KAIPO_NO_INPUT, KAIPO_INPUT_IS_DIRECTORY, KAIPO_INPUT_UNREADABLE for a named file; KAIPO_BAD_CONFIG for all else.
 */
export function readConfigFile({ path, kind }: ConfigPlace): string | undefined {
  let fd: number;
  try {
    if (kind === 'directory') refuseStrangers(path, lstatSync(path));
    // Not blocking: a named pipe without a writer must not hold a command up.
    fd = openSync(path, constants.O_RDONLY | (kind === 'named' ? 0 : constants.O_NONBLOCK));
  } catch (error) {
    if (error instanceof KaipoError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    if (isMissing && kind !== 'named') return undefined;
    if (isMissing)
      throw new KaipoError(
        'KAIPO_NO_INPUT',
        `there is no configuration file ${path}`,
        `kaipo config init --file ${path}`,
      );
    throw unreadable(path, error);
  }
  try {
    const stats = fstatSync(fd);
    if (stats.isDirectory()) {
      throw new KaipoError('KAIPO_BAD_CONFIG', `${path} is a directory; a configuration is a file`);
    }
    // `--config <(…)` of a shell is a pipe.
    if (!stats.isFile() && !(kind === 'named' && stats.isFIFO())) {
      throw new KaipoError('KAIPO_BAD_CONFIG', `${path} is not a file`);
    }
    // Again on what was opened: the name may have been given to another file meanwhile.
    if (kind === 'directory') refuseStrangers(path, stats);
    return decode(path, readAll(path, fd));
  } catch (error) {
    throw error instanceof KaipoError ? error : unreadable(path, error);
  } finally {
    closeSync(fd);
  }
}

/** A directory of somebody else must not configure kaipo: commands are run in /tmp, too. */
function refuseStrangers(path: string, stats: Stats): void {
  const uid = process.geteuid?.();
  if (uid === undefined) return;
  const elsewhere = 'run kaipo in another directory, or name a file with --config';
  if (stats.uid !== uid && stats.uid !== 0) {
    throw new KaipoError(
      'KAIPO_BAD_CONFIG',
      `${path} belongs to another user (uid ${stats.uid}) and is not used`,
      elsewhere,
    );
  }
  // Links have no rights of their own; a group of one's own is nobody else.
  const isOpenToGroup = (stats.mode & 0o020) !== 0 && stats.gid !== process.getegid?.();
  if (!stats.isSymbolicLink() && ((stats.mode & 0o002) !== 0 || isOpenToGroup)) {
    throw new KaipoError(
      'KAIPO_BAD_CONFIG',
      `${path} can be changed by other users and is not used`,
      `chmod go-w ${path}`,
    );
  }
}

function readAll(path: string, fd: number): Buffer {
  const bytes = Buffer.alloc(MAX_FILE_BYTES + 1);
  let length = 0;
  while (length < bytes.length) {
    const got = readSync(fd, bytes, length, bytes.length - length, null);
    if (got === 0) return bytes.subarray(0, length);
    length += got;
  }
  throw new KaipoError('KAIPO_BAD_CONFIG', `${path} is larger than ${MAX_FILE_BYTES} bytes: this is no configuration`);
}

function decode(path: string, bytes: Buffer): string {
  try {
    // A byte order mark stays: a file that is changed keeps it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new KaipoError('KAIPO_BAD_CONFIG', `${path}${firstBad(bytes)}: not UTF-8 text`);
  }
}

/** Where the first byte stands that is not UTF-8. */
function firstBad(bytes: Buffer): string {
  let line = 1;
  let start = 0;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let end = bytes.indexOf(0x0a); ; end = bytes.indexOf(0x0a, start)) {
    const stop = end < 0 ? bytes.length : end;
    try {
      decoder.decode(bytes.subarray(start, stop));
    } catch {
      return `:${line}`;
    }
    if (end < 0) return '';
    start = end + 1;
    line += 1;
  }
}

const unreadable = (path: string, error: unknown): KaipoError =>
  new KaipoError('KAIPO_BAD_CONFIG', `cannot read ${path}: ${safeText((error as Error).message.split(',')[0]!, 120)}`);
