// Capture files, standard input, and gzip of both, into a CaptureReader. Owns: opening, and what to say when that fails.
// Must not know packets. Bound: the reader's arena; a file of any size takes the same memory.

import { createReadStream, fstatSync, readSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import type { CaptureReader } from '../frame/capture-reader.js';
import { type ErrorCode, KaipoError } from '../kernel/errors.js';

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
  /** In a thread that has nothing else to do: reads a plain file without waiting for the pool of threads. */
  readonly isBlocking?: boolean;
}

/**
 * Reads all of `path` ("-" is standard input) through `reader`. Returns when the input has ended or `reader.failure` is set.
 * Errors: KAIPO_NO_INPUT, KAIPO_INPUT_IS_DIRECTORY, KAIPO_INPUT_UNREADABLE, KAIPO_READ_FAILED; damage inside the file is
 * `reader.failure`; what the reader's deliver or the options throw comes through as it is.
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
  const isBlocking = options.isBlocking === true;
  let position = 0;
  while (options.signal?.aborted !== true) {
    const space = reader.space();
    const bytesRead = isBlocking
      ? readSync(file.fd, space, 0, space.length, position)
      : await readAt(file, space, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    if (!reader.commit(bytesRead)) return;
    options.onProgress?.({ readBytes: position, totalBytes: size });
    // So that somebody can say that it is to stop.
    if (isBlocking) await turn();
    await options.afterPiece?.();
  }
  if (options.signal?.aborted !== true) reader.end();
}

async function readAt(file: FileHandle, space: Uint8Array, position: number): Promise<number> {
  const { bytesRead } = await file.read(space, 0, space.length, position);
  return bytesRead;
}

/** A pipe may be gzip too: its first two bytes decide. What the caller's functions throw comes through as it is. */
async function readStream(
  input: Readable,
  reader: CaptureReader,
  options: FileSourceOptions,
  size: number,
): Promise<void> {
  const { signal } = options;
  if (signal !== undefined) addAbortSignal(signal, input);
  let readBytes = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of withWholeMagic(input)) {
      readBytes += chunk.length;
      options.onProgress?.({ readBytes, totalBytes: size });
      yield chunk;
    }
  };
  try {
    const chunks = counted();
    const first = await chunks.next();
    if (first.done !== true) {
      const isZipped = first.value[0] === GZIP_MAGIC_0 && first.value[1] === GZIP_MAGIC_1;
      const whole = startingWith(first.value, chunks);
      const isGood = isZipped ? await readGzip(whole, reader, options) : await readPieces(whole, reader, options);
      if (!isGood) return;
    }
  } catch (error) {
    // Interrupted: what was read counts, where it stopped says nothing.
    if (signal?.aborted === true) return;
    throw error;
  }
  reader.end();
}

/** False when the reader wants no more. */
async function readPieces(
  pieces: AsyncIterable<Buffer>,
  reader: CaptureReader,
  options: FileSourceOptions,
): Promise<boolean> {
  for await (const piece of pieces) {
    if (!reader.push(piece)) return false;
    await options.afterPiece?.();
  }
  return true;
}

async function readGzip(
  chunks: AsyncIterable<Buffer>,
  reader: CaptureReader,
  options: FileSourceOptions,
): Promise<boolean> {
  let isGood = true;
  try {
    await pipeline(chunks, createGunzip(), async (plain: AsyncIterable<Buffer>) => {
      isGood = await readPieces(plain, reader, options);
    });
  } catch (error) {
    // The reader wants no more: that the rest was thrown away is no error.
    if (!isGood) return false;
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error;
    reader.end();
    if (reader.failure === undefined || reader.failure.code === 'KAIPO_CAPTURE_EMPTY') {
      reader.failure = new KaipoError(
        'KAIPO_CAPTURE_CUT',
        `the gzip data is cut short or damaged after byte ${reader.offset} of the capture`,
      );
    }
    return false;
  }
  return isGood;
}

async function* startingWith(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
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

const INPUT_CODES: readonly ErrorCode[] = [
  'KAIPO_NO_INPUT',
  'KAIPO_INPUT_IS_DIRECTORY',
  'KAIPO_INPUT_UNREADABLE',
  'KAIPO_READ_FAILED',
];

/** Is this an error of one input, so that others may still be read? */
export const isInputError = (error: KaipoError): boolean => INPUT_CODES.includes(error.code);

/** Errors of the system on this file, for a person. Everything else is not about the input and stays what it is. */
function asInputError(error: unknown, path: string): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || syscall === undefined) return error;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new KaipoError('KAIPO_NO_INPUT', `${path}: no such file`);
  if (code === 'EISDIR') return isDirectory(path);
  if (code === 'EACCES' || code === 'EPERM') {
    return new KaipoError('KAIPO_INPUT_UNREADABLE', `${path}: no permission to read it`, `sudo chmod a+r ${path}`);
  }
  return new KaipoError('KAIPO_READ_FAILED', `${path}: ${message}`);
}
