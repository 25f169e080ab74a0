// A socket the writer holds bound in the store's folder: the system lets go of it when the process ends, however it ends. It tells
// of life where a pid says nothing, between containers that share the store. Owns the socket and the question.
// Nothing is said over it. Bound: one socket a writer.
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** sun_path of Linux is 108 bytes, of macOS 104; longer names are reached through the open folder. */
const MAX_SOCKET_PATH_BYTES = 100;
const ASK_TIMEOUT_MS = 5000;
const ANSWERS = 0;
const NOBODY = 1;
const NAME = /^writer-[\w-]{1,32}\.sock$/;

/** Ends with ANSWERS or NOBODY, with another number when it cannot tell. Node connects only while its loop runs: a child's does. */
const ASK = `require('node:net').connect(process.argv[1]).on('connect', () => process.exit(${ANSWERS}))
  .on('error', ({ code }) => process.exit(code === 'ECONNREFUSED' || code === 'ENOENT' ? ${NOBODY} : 2))`;

export class WriterBeacon {
  readonly name: string;
  readonly #path: string;
  readonly #server: Server;
  readonly #folder: number | undefined;

  private constructor(name: string, path: string, server: Server, folder: number | undefined) {
    this.name = name;
    this.#path = path;
    this.#server = server;
    this.#folder = folder;
  }

  /** Undefined where no socket can be bound: the writer is then known by its pid alone. */
  static raise(dir: string, token: string): WriterBeacon | undefined {
    const name = `writer-${token}.sock`;
    const path = join(dir, name);
    let folder: number | undefined;
    try {
      if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) folder = openSync(dir, 'r');
      // Bound when listen returns; an error would come later, as an event.
      const server = createServer((connection) => connection.destroy()).on('error', () => {});
      server.listen(folder === undefined ? path : `/proc/self/fd/${folder}/${name}`).unref();
      if (!existsSync(path)) throw new Error('not bound');
      chmodSync(path, 0o600);
      return new WriterBeacon(name, path, server, folder);
    } catch {
      if (folder !== undefined) closeSync(folder);
      return undefined;
    }
  }

  lower(): void {
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // A folder that may not be entered any more: nobody answers there, and the next writer takes it away.
    }
    this.#server.close();
    if (this.#folder !== undefined) closeSync(this.#folder);
  }
}

/** Does the process that raised it still run? Undefined when that cannot be told. Takes a child process: some 40 ms. */
export function isBeaconAnswering(dir: string, name: string): boolean | undefined {
  if (!NAME.test(name)) return undefined;
  const { status } = spawnSync(process.execPath, ['-e', ASK, name], {
    cwd: dir,
    stdio: 'ignore',
    timeout: ASK_TIMEOUT_MS,
  });
  return status === ANSWERS ? true : status === NOBODY ? false : undefined;
}

/** What a writer that was killed left behind. */
export function removeBeacon(dir: string, name: string): void {
  if (NAME.test(name)) rmSync(join(dir, name), { force: true });
}

/** Is it the socket of a writer? Only the writer that holds the store may take others for rests. */
export function isBeaconName(name: string): boolean {
  return NAME.test(name);
}
