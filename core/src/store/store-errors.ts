// Every refusal and failure of the store as a named error with the one thing that mends it. Owns their words.
import { KaipoError } from '../kernel/errors.js';
import { isSpaceShort } from './free-space.js';
import type { WriterRecord } from './writer-lock.js';

export function corrupt(dir: string, message: string, cause?: unknown): KaipoError {
  return new KaipoError(
    'KAIPO_STORE_CORRUPT',
    message,
    `move ${dir} away to start a new history, or choose another directory with --store`,
    cause === undefined ? undefined : { cause },
  );
}

export function busy(dir: string, writer: WriterRecord | undefined, isElsewhere = false): KaipoError {
  const who = writer === undefined ? 'another process' : `process ${writer.pid}`;
  if (writer !== undefined && isElsewhere) {
    return new KaipoError(
      'KAIPO_STORE_BUSY',
      `${who} of another container (or of the host) records into ${dir}`,
      'end it where it runs, or choose another directory with --store',
    );
  }
  return new KaipoError(
    'KAIPO_STORE_BUSY',
    `${who} already records into ${dir}`,
    writer === undefined ? undefined : `end it with: kill ${writer.pid}, or choose another directory with --store`,
  );
}

export function diskFull(dir: string, cause?: unknown): KaipoError {
  const message = `the disk that holds ${dir} is full: history is not recorded until there is space`;
  return new KaipoError('KAIPO_STORE_FULL', message, 'free some space; a recorder that runs resumes by itself', {
    cause,
  });
}

/** The recorder goes on as with a full disk: it tries again with the next batch. */
function diskFails(dir: string, cause: unknown): KaipoError {
  const message = `the disk that holds ${dir} does not take what is written (I/O error): history is not recorded until it does`;
  return new KaipoError('KAIPO_STORE_FULL', message, 'look at the disk and its quotas: dmesg | tail', { cause });
}

/** A write that falls short with more than this free has another reason than a full disk. */
const MIN_FREE_BYTES = 1_048_576;
const EPERM = 1;
const EIO = 5;
const ENOMEM = 12;
const EACCES = 13;
const EFBIG = 27;
const ENOSPC = 28;
const EROFS = 30;
const EDQUOT = 122;
const MDB_MAP_FULL = -30_792;
/** lmdb reports a short write, which is what a full disk gives first, as EIO. */
const FULL = new Set<unknown>([EIO, ENOMEM, EFBIG, ENOSPC, EDQUOT, MDB_MAP_FULL]);

/** Every failure of lmdb as one of the named errors. */
export function storeError(dir: string, cause: unknown): KaipoError {
  if (cause instanceof KaipoError)
    return cause.code === 'KAIPO_STORE_CORRUPT' ? corrupt(dir, cause.message, cause) : cause;
  const { code, message } = cause as { code?: unknown; message?: string };
  if (code === EIO && !isSpaceShort(dir, MIN_FREE_BYTES)) return diskFails(dir, cause);
  if (FULL.has(code) || /MDB_MAP_FULL|No space left/.test(message ?? '')) return diskFull(dir, cause);
  if (code === EROFS || /Read-only file system/.test(message ?? '')) {
    const text = `cannot open the store in ${dir}: its file system is read-only`;
    return new KaipoError(
      'KAIPO_STORE_UNREADABLE',
      text,
      'copy the store to a disk that can be written, and name it with --store',
      {
        cause,
      },
    );
  }
  if (code === EACCES || code === EPERM || /Permission denied|not permitted/.test(message ?? '')) {
    const text = `cannot open the store in ${dir}: permission denied`;
    return new KaipoError('KAIPO_STORE_UNREADABLE', text, 'run kaipo as the user who records', { cause });
  }
  return corrupt(dir, `the store in ${dir} is damaged: ${message ?? String(cause)}`, cause);
}
