// The Unix socket of the web server, for a proxy on the same machine. Owns its place, its rights, and that a dead one makes room and a
// living one does not. Must not know what is spoken there.
import { chmodSync, chownSync, lstatSync, mkdirSync, rmSync, type Stats, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { MAX_SOCKET_PATH_BYTES } from '../../live/recorder-control-path.js';
import { shellWord } from '../../output/runnable-command.js';

const KNOCK_MS = 1000;

/** Beside the recorder's: $RUNTIME_DIRECTORY of a service, $XDG_RUNTIME_DIR/kaipo, else a folder of one's own in the temporary directory. */
export function defaultApiSocket(environment: NodeJS.ProcessEnv = process.env): string {
  const service = environment['RUNTIME_DIRECTORY']?.split(':')[0];
  const runtime = environment['XDG_RUNTIME_DIR'];
  if (service?.startsWith('/')) return join(service, 'api.sock');
  if (runtime?.startsWith('/')) return join(runtime, 'kaipo', 'api.sock');
  return join(tmpdir(), `kaipo-${process.geteuid?.() ?? 0}`, 'api.sock');
}

/** Makes its folder (0700) and removes a socket nobody listens on. Raises KAIPO_CANNOT_LISTEN. */
export async function prepareApiSocket(path: string): Promise<void> {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
    throw refused(`${path} is longer than a socket's path may be (${MAX_SOCKET_PATH_BYTES} bytes)`);
  }
  const folder = folderOf(path);
  const uid = process.geteuid?.();
  if (uid !== undefined && folder.uid !== uid && folder.uid !== 0) {
    throw refused(`${dirname(path)} belongs to another user, who could put a socket of their own there`);
  }
  if ((folder.mode & 0o002) !== 0) throw refused(`everybody may write into ${dirname(path)}`);
  const present = lstatSync(path, { throwIfNoEntry: false });
  if (present === undefined) return;
  if (!present.isSocket()) throw refused(`${path} is there and is no socket`);
  if (await isAlive(path)) throw refused(`something listens on ${path} already`, 'kaipo serve --port 0');
  rmSync(path, { force: true });
}

function folderOf(path: string): Stats {
  const dir = dirname(path);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return statSync(dir);
  } catch (error) {
    throw refused(
      `cannot use ${dir}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`,
      `ls -ld ${shellWord(dir)}`,
    );
  }
}

/**
 * The rights of a socket that was bound with 0600. A folder that a group may enter and others may not (0750, www-data) says whom the
 * socket is for: that group gets it too (0660). Answers what a person should know.
 */
export function shareApiSocket(path: string): string {
  const { mode, gid } = statSync(dirname(path));
  const isForGroup = (mode & 0o010) !== 0 && (mode & 0o007) === 0;
  if (!isForGroup) return 'for this user alone (0600)';
  try {
    chownSync(path, -1, gid);
    chmodSync(path, 0o660);
    return `for the group of its folder (0660, gid ${gid})`;
  } catch {
    return `for this user alone (0600): this user is not in the group of its folder (gid ${gid})`;
  }
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const done = (alive: boolean): void => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(KNOCK_MS, () => done(true));
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}

const refused = (message: string, fix?: string): KaipoError => new KaipoError('KAIPO_CANNOT_LISTEN', message, fix);
