// Where a command's data goes: stdout or a file, written at once and in order. Owns: full disks, closed pipes, half-written files.
// Bound: that of ByteText.
import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { ByteText } from '@kaipo/core/kernel/byte-text.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';

const STDOUT = 1;

/** The reader of a pipe has gone: end quietly, as `head` expects. */
export class PipeClosed extends Error {}

export class TextSink {
  readonly #path: string;
  readonly #temporary: string | undefined;
  readonly #fd: number;
  /** What is to be written: for whoever makes it piece by piece. */
  readonly bytes = new ByteText((bytes) => {
    for (let at = 0; at < bytes.length; ) at += this.#writeSome(bytes, at);
  });
  #isOpen = true;

  /** `file`: undefined or "-" is stdout. A file appears under its name only when it is complete; a pipe or device stays one. */
  constructor(file?: string) {
    this.#path = file === undefined || file === '-' ? 'standard output' : file;
    if (file === undefined || file === '-') {
      this.#fd = STDOUT;
      return;
    }
    const place = placeOf(file);
    // Said before the work is done, not after.
    if (place.kind === 'directory') {
      throw new KaipoError('KAIPO_CANNOT_CREATE', `cannot create ${file}: it is a directory`);
    }
    if (place.kind === 'device') {
      this.#fd = openForWriting(file, file);
      return;
    }
    this.#path = place.path;
    this.#temporary = `${place.path}.${process.pid}.tmp`;
    this.#fd = openForWriting(this.#temporary, file);
  }

  write(text: string): void {
    this.bytes.text(text);
  }

  flush(): void {
    this.bytes.flush();
  }

  /** Writes what is left and gives the file its name. Nothing happens after close or abandon. */
  close(): void {
    if (!this.#isOpen) return;
    this.flush();
    this.#release();
    if (this.#temporary === undefined) return;
    try {
      renameSync(this.#temporary, this.#path);
    } catch (error) {
      rmSync(this.#temporary, { force: true });
      throw cannotCreate(this.#path, error);
    }
  }

  /** Leaves nothing behind: the command failed. */
  abandon(): void {
    if (!this.#isOpen) return;
    this.bytes.clear();
    this.#release();
    if (this.#temporary !== undefined) rmSync(this.#temporary, { force: true });
  }

  #release(): void {
    this.#isOpen = false;
    if (this.#fd !== STDOUT) closeSync(this.#fd);
  }

  #writeSome(bytes: Uint8Array, at: number): number {
    try {
      return writeSync(this.#fd, bytes, at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EAGAIN') {
        // Someone made our stdout non-blocking: wait for the reader without spinning.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
        return 0;
      }
      if (code === 'EPIPE') throw new PipeClosed();
      if (code === 'ENOSPC' || code === 'EDQUOT') {
        throw new KaipoError(
          'KAIPO_WRITE_FAILED',
          `${this.#path}: no space left on the device`,
          'free some space and run it again',
        );
      }
      throw new KaipoError('KAIPO_WRITE_FAILED', `${this.#path}: ${(error as Error).message}`);
    }
  }
}

/** Prints text on stdout, all of it, now. Raises PipeClosed and KAIPO_WRITE_FAILED. */
export function printText(text: string): void {
  const sink = new TextSink();
  sink.write(text);
  sink.close();
}

/** What a name stands for: `file` is one, or will be, behind its links; `device` is a pipe, a socket or a device. */
export function placeOf(file: string): { readonly kind: 'file' | 'directory' | 'device'; readonly path: string } {
  try {
    const status = statSync(file, { throwIfNoEntry: false });
    if (status === undefined) return { kind: 'file', path: file };
    if (status.isFile()) return { kind: 'file', path: realpathSync(file) };
    return { kind: status.isDirectory() ? 'directory' : 'device', path: file };
  } catch {
    // Nobody may look there: opening it says why.
    return { kind: 'file', path: file };
  }
}

function openForWriting(path: string, shown: string): number {
  try {
    return openSync(path, 'w', 0o600);
  } catch (error) {
    throw cannotCreate(shown, error);
  }
}

/** The system's message names the temporary file; people named another. */
const cannotCreate = (path: string, error: unknown): KaipoError =>
  new KaipoError('KAIPO_CANNOT_CREATE', `cannot create ${path}: ${(error as Error).message.split(',')[0]}`);
