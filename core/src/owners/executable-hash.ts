// SHA-256 of executables. Owns: one at a time in the background, and what is remembered as long as the file stays the same one.
// Must not know processes. Bound: files of at most MAX_BYTES, MAX_WAITING files that wait, MAX_KNOWN results.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

const MAX_BYTES = 512 * 1024 * 1024;
const MAX_KNOWN = 1024;
const MAX_WAITING = 64;
const CHUNK_BYTES = 256 * 1024;

export class ExecutableHashes {
  /** By device, inode, time of change and size: what was read, not what it was called. */
  readonly #known = new Map<string, string>();
  readonly #waiting = new Map<string, Promise<string | undefined>>();
  #last: Promise<unknown> = Promise.resolve();
  /** Files that were not read because too many waited. */
  refused = 0;

  /**
   * 64 hexadecimal digits; undefined when the file cannot be read, is too large or is no file, or too many wait.
   * Never rejects. Calls are carried out one after the other; the same path is read once.
   */
  hashOf(path: string): Promise<string | undefined> {
    const asked = this.#waiting.get(path);
    if (asked !== undefined) return asked;
    if (this.#waiting.size >= MAX_WAITING) {
      this.refused += 1;
      return Promise.resolve(undefined);
    }
    const hash = this.#last.then(() => this.#read(path)).catch(() => undefined);
    this.#waiting.set(path, hash);
    this.#last = hash.then(() => this.#waiting.delete(path));
    return hash;
  }

  async #read(path: string): Promise<string | undefined> {
    // Not blocking: under the name of a program there may be a named pipe by now.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      const { dev, ino, mtimeMs, size } = stats;
      if (!stats.isFile() || size > MAX_BYTES) return undefined;
      const key = `${dev} ${ino} ${mtimeMs} ${size}`;
      const known = this.#known.get(key);
      if (known !== undefined) return known;
      const hash = createHash('sha256');
      const chunk = Buffer.alloc(CHUNK_BYTES);
      for (let read = 0; read <= MAX_BYTES; ) {
        const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
        if (bytesRead === 0) return this.#keep(key, hash.digest('hex'));
        hash.update(chunk.subarray(0, bytesRead));
        read += bytesRead;
      }
      // It grew while it was read.
      return undefined;
    } finally {
      await file.close();
    }
  }

  #keep(key: string, hash: string): string {
    if (this.#known.size >= MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, hash);
    return hash;
  }
}
