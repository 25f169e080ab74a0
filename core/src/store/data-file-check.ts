// Looks at a data file before lmdb maps it: a file that was cut short would end the process with SIGBUS, not with an error.
// Owns the layout of LMDB's meta pages (mdb.c, MDB_meta; the data format version 2 of lmdb-js). Reads at most one page.
import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KaipoError } from '../kernel/errors.js';
import { DATA_FILE } from './lmdb-file.js';
import { corrupt } from './store-errors.js';

const MDB_MAGIC = 0xbeefc0de;
const PAGE_HEADER_BYTES = 24;
const META_BYTES = 152;
const VERSION_AT = 4;
const PAGE_SIZE_AT = 24;
const LAST_PAGE_AT = 120;
const TXN_ID_AT = 128;
/** Metas stand at the start of page 0, in its middle (overlapping sync) and at the start of page 1; pages are up to 64 KiB. */
const HEAD_BYTES = 3 * 65_536;
const PROBE_TIMEOUT_MS = 60_000;

/** Raises KAIPO_STORE_CORRUPT or KAIPO_STORE_UNREADABLE when the file cannot be a whole LMDB database. */
export function checkDataFile(dir: string): void {
  const path = join(dir, DATA_FILE);
  const { head, fileBytes } = readHead(path);
  const newest = newestMeta(head);
  if (newest === undefined) throw corrupt(dir, `${path} is not a kaipo store`);
  const expected = (newest.lastPage + 1) * newest.pageBytes;
  // A little short is normal when the last pages are free: only a process that may die can find out.
  if (fileBytes < expected && !survivesProbe(dir)) {
    throw corrupt(dir, `${path} is cut short: ${fileBytes} of ${expected} bytes`);
  }
}

function readHead(path: string): { head: Buffer; fileBytes: number } {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (cause) {
    throw new KaipoError('KAIPO_STORE_UNREADABLE', `cannot read ${path}`, 'run kaipo as the user who records', {
      cause,
    });
  }
  try {
    const { size } = fstatSync(descriptor);
    const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
    readSync(descriptor, head, 0, head.length, 0);
    return { head, fileBytes: size };
  } catch (cause) {
    throw new KaipoError('KAIPO_STORE_UNREADABLE', `cannot read ${path}`, undefined, { cause });
  } finally {
    closeSync(descriptor);
  }
}

function newestMeta(head: Buffer): { pageBytes: number; lastPage: number } | undefined {
  const first = readMeta(head, 0);
  if (first === undefined) return undefined;
  const half = first.pageBytes / 2;
  let newest = first;
  for (const at of [half, first.pageBytes]) {
    const meta = readMeta(head, at);
    if (meta !== undefined && meta.txnId > newest.txnId) newest = meta;
  }
  return newest;
}

function readMeta(head: Buffer, at: number): { pageBytes: number; lastPage: number; txnId: bigint } | undefined {
  const meta = head.subarray(at + PAGE_HEADER_BYTES, at + PAGE_HEADER_BYTES + META_BYTES);
  if (
    meta.length < META_BYTES ||
    meta.readUInt32LE(0) !== MDB_MAGIC ||
    (meta.readUInt32LE(VERSION_AT) & 0xffff) !== 2
  ) {
    return undefined;
  }
  const pageBytes = meta.readUInt32LE(PAGE_SIZE_AT);
  if (pageBytes < 512 || pageBytes > 65_536) return undefined;
  return { pageBytes, lastPage: Number(meta.readBigUInt64LE(LAST_PAGE_AT)), txnId: meta.readBigUInt64LE(TXN_ID_AT) };
}

/** Reads the whole database in a process of its own. */
function survivesProbe(dir: string): boolean {
  const probe = fileURLToPath(new URL('probe-main.js', import.meta.url));
  const { status } = spawnSync(process.execPath, [probe, dir], { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS });
  return status === 0;
}
