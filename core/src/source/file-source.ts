// Capture files, standard input, and gzip of both, into a CaptureReader. Owns: opening, and what to say when that fails.
// Must not know packets. Bound: the reader's arena; a file of any size takes the same memory.

import { createReadStream, fstatSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { CaptureReader } from '../frame/capture-reader.js';
import { KaipoError } from '../kernel/errors.js';

const STDIN = 0;
const GZIP_MAGIC_0 = 0x1f;
const GZIP_MAGIC_1 = 0x8b;

export interface FileProgress {
  /** Bytes of the file read so far, and its size; size 0 when it is not known (a pipe). */
  readonly readBytes: number;
  readonly totalBytes: number;
}

export interface FileSourceOptions {
  onProgress?(progress: FileProgress): void;
  /** Called when the packets of a piece were delivered; reading goes on when it resolves. */
  afterPiece?(): Promise<void> | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Reads all of `path` ("-" is standard input) through `reader`. Returns when the input has ended or `reader.failure` is set.
 * Errors: KAIPO_NO_INPUT, KAIPO_INPUT_IS_DIRECTORY, KAIPO_INPUT_UNREADABLE; damage inside the file is `reader.failure`.
 */
export async function readCaptureFile(
  path: string,
  reader: CaptureReader,
  options: FileSourceOptions = {},
): Promise<void> {
  if (path === '-') {
    // A directory on standard input looks like an empty stream.
    if (fstatSync(STDIN).isDirectory()) throw isDirectory('standard input');
    await readStream(process.stdin, reader, options, 0);
    return;
  }
  const file = await openInput(path);
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw isDirectory(path);
    if (await isGzip(file, stats)) {
      await readStream(createReadStream(path, { highWaterMark: 1 << 18 }), reader, options, stats.size);
    } else if (stats.isFile()) {
      await readPlainFile(file, stats.size, reader, options);
    } else {
      await readStream(file.createReadStream({ autoClose: false }), reader, options, 0);
    }
  } catch (error) {
    throw asInputError(error, path);
  } finally {
    await file.close();
  }
}

async function openInput(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw asInputError(error, path);
  }
}

async function isGzip(file: FileHandle, stats: Stats): Promise<boolean> {
  if (!stats.isFile()) return false;
  const magic = new Uint8Array(2);
  const { bytesRead } = await file.read(magic, 0, 2, 0);
  return bytesRead === 2 && magic[0] === GZIP_MAGIC_0 && magic[1] === GZIP_MAGIC_1;
}

async function readPlainFile(
  file: FileHandle,
  size: number,
  reader: CaptureReader,
  options: FileSourceOptions,
): Promise<void> {
  let position = 0;
  while (options.signal?.aborted !== true) {
    const space = reader.space();
    const { bytesRead } = await file.read(space, 0, space.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    if (!reader.commit(bytesRead)) return;
    options.onProgress?.({ readBytes: position, totalBytes: size });
    await options.afterPiece?.();
  }
  if (options.signal?.aborted !== true) reader.end();
}

/** A pipe may be gzip too: its first two bytes decide. */
async function readStream(
  input: Readable,
  reader: CaptureReader,
  options: FileSourceOptions,
  size: number,
): Promise<void> {
  let readBytes = 0;
  let gunzip: Gunzip | undefined;
  let isFirst = true;
  let isDone = false;
  let unzipError: Error | undefined;
  const waitDrain = (unzip: Gunzip): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        unzip.removeListener('drain', done);
        unzip.removeListener('close', done);
        resolve();
      };
      unzip.once('drain', done);
      unzip.once('close', done);
    });
  for await (const chunk of withWholeMagic(input)) {
    if (options.signal?.aborted === true || isDone) break;
    readBytes += chunk.length;
    options.onProgress?.({ readBytes, totalBytes: size });
    if (isFirst) {
      isFirst = false;
      if (chunk[0] === GZIP_MAGIC_0 && chunk[1] === GZIP_MAGIC_1) {
        gunzip = createGunzip();
        gunzip.on('data', (plain: Buffer) => {
          if (!isDone && !reader.push(plain)) isDone = true;
        });
        gunzip.on('error', (error) => {
          unzipError = error;
        });
      }
    }
    if (gunzip === undefined) {
      if (!reader.push(chunk)) return;
    } else if (!gunzip.destroyed && !gunzip.write(chunk)) {
      await waitDrain(gunzip);
    }
    await options.afterPiece?.();
  }
  if (gunzip !== undefined && !gunzip.destroyed) {
    const ended = new Promise<void>((resolve) => gunzip.once('close', resolve));
    gunzip.end();
    await ended;
  }
  if (isDone || options.signal?.aborted === true) return;
  reader.end();
  if (unzipError !== undefined && (reader.failure === undefined || reader.failure.code === 'KAIPO_CAPTURE_EMPTY')) {
    reader.failure = new KaipoError(
      'KAIPO_CAPTURE_CUT',
      `the gzip data is cut short or damaged after byte ${reader.offset} of the capture`,
    );
  }
}

/** The chunks of a stream; the first is long enough to say whether it is gzip. */
async function* withWholeMagic(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of input) {
    if (first === undefined) {
      yield chunk;
      continue;
    }
    first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
    if (first.length < 2) continue;
    yield first;
    first = undefined;
  }
  if (first !== undefined && first.length > 0) yield first;
}

function isDirectory(path: string): KaipoError {
  return new KaipoError(
    'KAIPO_INPUT_IS_DIRECTORY',
    `${path} is a directory, not a capture file`,
    `name the files in it: kaipo analyze ${path}/*.pcap`,
  );
}

function asInputError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof KaipoError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new KaipoError('KAIPO_NO_INPUT', `${path}: no such file`);
  if (code === 'EISDIR') return isDirectory(path);
  if (code === 'EACCES' || code === 'EPERM') {
    return new KaipoError('KAIPO_INPUT_UNREADABLE', `${path}: no permission to read it`, `sudo chmod a+r ${path}`);
  }
  return new KaipoError('KAIPO_READ_FAILED', `${path}: ${error.message}`);
}
