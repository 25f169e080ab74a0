// Where the control socket of a recorder lies. Owns the order of places, their permissions and the limit of a socket's path.
// Must not know what is spoken there.
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

/** sun_path of unix(7) holds 108 bytes with the closing zero; macOS has 4 less. */
export const MAX_SOCKET_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

export interface ControlPath {
  /** Absent: no place can hold a socket, and nobody can attach. */
  readonly path?: string;
  /** What a person should know about the choice. */
  readonly note?: string;
}

interface Place {
  readonly dir: string;
  /** Is its mode ours to set? A service manager shares its directory with the capture socket. */
  readonly isOurs: boolean;
}

/**
 * The socket of the recorder that writes the store in `storeDir`: below $RUNTIME_DIRECTORY (a service), $XDG_RUNTIME_DIR/kaipo,
 * or in the store itself; one whose path is too long or that cannot be made is passed over. Makes the directory (0700).
 */
export function prepareControlPath(storeDir: string, environment: NodeJS.ProcessEnv = process.env): ControlPath {
  const store = realPathOf(resolve(storeDir));
  const name = `recorder-${createHash('sha256').update(store).digest('hex').slice(0, 8)}.sock`;
  const why: string[] = [];
  for (const { dir, isOurs } of places(store, environment)) {
    const path = join(dir, name);
    const problem =
      Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES
        ? `${path} is longer than a socket's path may be (${MAX_SOCKET_PATH_BYTES} bytes)`
        : prepareDirectory(dir, isOurs);
    if (problem === undefined) return { path, ...(why.length > 0 && { note: `${why.join('; ')}: using ${path}` }) };
    why.push(problem);
  }
  return { note: `no control socket, live cannot attach: ${why.join('; ')}` };
}

function places(store: string, environment: NodeJS.ProcessEnv): Place[] {
  // systemd may name several, separated by colons; the first is ours.
  const service = environment['RUNTIME_DIRECTORY']?.split(':')[0];
  const runtime = environment['XDG_RUNTIME_DIR'];
  return [
    ...(service?.startsWith('/') ? [{ dir: service, isOurs: false }] : []),
    ...(runtime?.startsWith('/') ? [{ dir: join(runtime, 'kaipo'), isOurs: true }] : []),
    { dir: store, isOurs: true },
    { dir: join(tmpdir(), `kaipo-${process.geteuid?.() ?? 0}`), isOurs: true },
  ];
}

/** Answers what is wrong with it. A directory of somebody else would let them put their own socket there. */
function prepareDirectory(dir: string, isOurs: boolean): string | undefined {
  try {
    mkdirSync(dir, { mode: 0o700, recursive: false });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && isOurs) return makeWithParents(dir);
    if (code !== 'EEXIST') return `cannot create ${dir}: ${message}`;
  }
  try {
    const found = lstatSync(dir);
    if (!found.isDirectory()) return `${dir} is not a directory`;
    if (found.uid !== process.geteuid?.()) return `${dir} belongs to another user`;
    if (isOurs && (found.mode & 0o077) !== 0) chmodSync(dir, 0o700);
    else if ((found.mode & 0o002) !== 0) return `everybody may write into ${dir}`;
    return undefined;
  } catch (error) {
    return `cannot use ${dir}: ${(error as Error).message}`;
  }
}

/** A store that does not exist yet: its folders are made one by one, as the store itself does. */
function makeWithParents(dir: string): string | undefined {
  const parent = dirname(dir);
  if (parent === dir) return `${dir} does not exist`;
  try {
    lstatSync(parent);
  } catch {
    const problem = makeWithParents(parent);
    if (problem !== undefined) return problem;
  }
  try {
    mkdirSync(dir, { mode: 0o700 });
    return undefined;
  } catch (error) {
    return `cannot create ${dir}: ${(error as Error).message}`;
  }
}

/** Also of a directory that does not exist yet. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPathOf(parent), basename(path));
  }
}
