// What kaipo needs besides packets: Node.js, counters, the store, a terminal. Must not know: helpers.
// Changes nothing: whether a directory can be written is asked of the system, not tried.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { counterSource } from '@kaipo/core/source/counters.js';
import { loadError } from './capture-checks.js';
import { type Check, fail, ok, warn } from './check.js';

const MIN_NODE = [20, 20] as const;
const LOW_SPACE_BYTES = 200_000_000;
/** LMDB's own name for its data file. */
const STORE_FILE = 'data.mdb';

export function nodeCheck(version = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
    return fail('Node.js', `${version} is too old`, 'install Node.js 22 or 24');
  }
  if (major === 20) return ok('Node.js', `${version} works; it gets no security fixes since April 2026, 22 or 24 do`);
  return ok('Node.js', version);
}

export async function countersCheck(): Promise<Check> {
  const source = counterSource();
  try {
    const interfaces = await source.read();
    const up = interfaces.filter((row) => row.up).map((row) => row.name);
    if (interfaces.length === 0) return fail('counters', 'no network interface was found');
    return ok('counters', `${interfaces.length} interfaces through ${source.name}, up: ${up.join(', ') || 'none'}`);
  } catch (error) {
    return fail('counters', `interface counters cannot be read: ${(error as Error).message}`);
  }
}

/** LMDB is a native module: it must fit this Node.js and this machine. */
export function databaseCheck(): Check {
  const require = createRequire(import.meta.resolve('@kaipo/core/kernel/limits.js'));
  try {
    const error = loadError(require.resolve('lmdb'));
    if (error === undefined) return ok('database', 'LMDB loads');
    return fail('database', `LMDB does not load: ${error}`, 'npm rebuild lmdb');
  } catch {
    return fail('database', 'LMDB is not installed', 'npm ci');
  }
}

/** No command here changes rights of a directory that may be somebody else's: `directory` is whatever was typed after --store. */
export function storeCheck(directory: string): Check {
  const elsewhere = 'choose a directory of your own: kaipo doctor --store DIR';
  const there = nearestExisting(directory);
  try {
    if (!statSync(there).isDirectory()) return fail('store', `${there} is not a directory`, elsewhere);
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch {
    return fail('store', `${directory}: no permission to write in ${there}`, elsewhere);
  }
  const free = freeBytes(there);
  if (free !== undefined && free < LOW_SPACE_BYTES) {
    return warn('store', `${directory}: only ${formatBytes(free)} free`, 'free some space on that disk');
  }
  if (there !== directory) return ok('store', `${directory} will be made when recording begins`);
  if ((statSync(directory).mode & 0o077) !== 0 && existsSync(join(directory, STORE_FILE))) {
    return warn(
      'store',
      `${directory} is open to other users`,
      'take the rights of group and others from it (chmod 700)',
    );
  }
  return ok('store', free === undefined ? directory : `${directory}, ${formatBytes(free)} free`);
}

function nearestExisting(directory: string): string {
  for (let path = directory; ; path = dirname(path)) {
    try {
      statSync(path);
      return path;
    } catch (error) {
      // A directory we may not enter is there; the check that follows says so.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || path === dirname(path)) return path;
    }
  }
}

function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

export function terminalChecks(
  env: NodeJS.ProcessEnv,
  stdout: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows' | 'getColorDepth'>,
): Check[] {
  if (stdout.isTTY !== true) return [ok('terminal', 'standard output is no terminal: kaipo live prints text')];
  const term = env['TERM'] ?? '';
  if (term === '' || term === 'dumb') {
    return [
      warn(
        'terminal',
        `TERM is "${term}": kaipo live prints text instead of the dashboard`,
        'export TERM=xterm-256color',
      ),
    ];
  }
  return [
    sizeCheck(term, stdout.columns, stdout.rows),
    localeCheck(env),
    ok('colours', colourText(stdout.getColorDepth(env))),
  ];
}

function sizeCheck(term: string, columns: number, rows: number): Check {
  const size = `${term}, ${columns}x${rows}`;
  if (columns >= 60 && rows >= 20) return ok('terminal', size);
  return warn('terminal', `${size} is small for the dashboard`, 'use at least 60x20');
}

function localeCheck(env: NodeJS.ProcessEnv): Check {
  // The first of the three that is set decides (setlocale(3)).
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  if (/utf-?8/i.test(locale)) return ok('locale', locale);
  return warn('locale', `${locale || 'not set'}: lines and graphs need UTF-8`, 'export LANG=C.UTF-8');
}

const colourText = (depth: number): string =>
  depth === 1 ? 'none' : depth >= 24 ? 'true colour' : `${2 ** depth} colours`;

/** Who looks into packets? Under sudo kaipo becomes the caller; a root login stays root. */
export function userCheck(euid: number | undefined, sudoUid: string | undefined): Check {
  if (euid !== 0 || sudoUid !== undefined) return ok('user', 'what looks into packets runs without privileges');
  return warn(
    'user',
    'a root login: what looks into packets would run as root; log in as a user and use sudo',
    'sudo kaipo setup',
  );
}
