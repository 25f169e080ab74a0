// Looks at a data file before lmdb maps it: one that was cut short would end the process with SIGBUS and damaged pages with SIGSEGV,
// not with an error. Owns the layout of LMDB's meta pages (mdb.c, MDB_meta; the data format version 2 of lmdb-js) and what is done
// about a recorder that writes meanwhile. Changes nothing. Bound: see data-file-pages.ts.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { KaipoError } from '../kernel/errors.js';
import { type FileMeta, PAGE_HEADER_BYTES, pageProblem, type TreeRoot } from './data-file-pages.js';
import { DATA_FILE } from './lmdb-file.js';
import { corrupt } from './store-errors.js';

const MDB_MAGIC = 0xbeefc0de;
const META_BYTES = 152;
const VERSION_AT = 4;
const MAP_SIZE_AT = 16;
const FREE_TREE_AT = 24;
const MAIN_TREE_AT = 72;
const LAST_PAGE_AT = 120;
const TXN_ID_AT = 128;
const TREE_FLAGS_AT = 4;
const TREE_DEPTH_AT = 6;
const TREE_ROOT_AT = 40;
const NO_PAGE = 2n ** 64n - 1n;
/** More than a process can map. */
const MAX_MAP_BYTES = 2n ** 46n;
/** Metas stand at the start of page 0, in its middle (overlapping sync) and at the start of page 1; pages are up to 64 KiB. */
const HEAD_BYTES = 3 * 65_536;
/** LMDB does not write free pages at the end: a file is often shorter than its pages. So much shorter it is not. */
const MAX_ABSENT_BYTES = 64 * 1024 * 1024;
/** While a recorder commits, its pages change under the eyes of whoever reads them without its leave. */
const ATTEMPTS = 5;
const ATTEMPT_AFTER_MS = 5;

/** Raises KAIPO_STORE_CORRUPT or KAIPO_STORE_UNREADABLE when LMDB would not survive the file. */
export function checkDataFile(dir: string): void {
  const path = join(dir, DATA_FILE);
  const unreadable = (cause: unknown): KaipoError =>
    new KaipoError('KAIPO_STORE_UNREADABLE', `cannot read ${path}`, 'run kaipo as the user who records', { cause });
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (cause) {
    throw unreadable(cause);
  }
  try {
    checkPages(dir, path, descriptor);
  } catch (cause) {
    throw cause instanceof KaipoError ? cause : unreadable(cause);
  } finally {
    closeSync(descriptor);
  }
}

function checkPages(dir: string, path: string, descriptor: number): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const meta = readNewestMeta(descriptor);
    // Later than the meta page: a commit in between makes it longer.
    const fileBytes = fstatSync(descriptor).size;
    if (meta === undefined || meta.main.flags !== 0) throw corrupt(dir, `${path} is not a kaipo store`);
    const expected = (meta.lastPage + 1) * meta.pageBytes;
    const isFarTooShort = expected > 2 * fileBytes + MAX_ABSENT_BYTES;
    const problem = isFarTooShort ? { isCut: true, message: '' } : pageProblem(descriptor, meta, fileBytes);
    if (problem === undefined) return;
    if (readNewestMeta(descriptor)?.txnId === meta.txnId) {
      if (problem.isCut) throw corrupt(dir, `${path} is cut short: ${fileBytes} of ${expected} bytes`);
      throw corrupt(dir, `${path} is damaged: ${problem.message}`);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ATTEMPT_AFTER_MS);
  }
  // Someone commits faster than the pages can be read, and vouches for them.
}

/** Undefined when the file is no LMDB database. LMDB takes the meta with the highest transaction and asks nothing else of it. */
function readNewestMeta(descriptor: number): FileMeta | undefined {
  const buffer = Buffer.alloc(HEAD_BYTES);
  const head = buffer.subarray(0, readSync(descriptor, buffer, 0, HEAD_BYTES, 0));
  const first = readMeta(head, 0);
  if (first === undefined) return undefined;
  const { pageBytes } = first;
  // Cut in the first page: that is what is wrong with it.
  if (head.length < 2 * pageBytes) return first;
  const second = readMeta(head, pageBytes);
  if (second?.pageBytes !== pageBytes) return undefined;
  const newest = second.txnId > first.txnId ? second : first;
  // What was flushed is never newer than what was committed.
  const flushedTxnId = head.readBigUInt64LE(pageBytes / 2 + PAGE_HEADER_BYTES + TXN_ID_AT);
  return flushedTxnId > newest.txnId ? undefined : newest;
}

function readMeta(head: Buffer, at: number): FileMeta | undefined {
  const meta = head.subarray(at + PAGE_HEADER_BYTES, at + PAGE_HEADER_BYTES + META_BYTES);
  if (
    meta.length < META_BYTES ||
    meta.readUInt32LE(0) !== MDB_MAGIC ||
    (meta.readUInt32LE(VERSION_AT) & 0xffff) !== 2 ||
    meta.readBigUInt64LE(MAP_SIZE_AT) > MAX_MAP_BYTES
  ) {
    return undefined;
  }
  // The size of a page stands where a tree has room for it.
  const pageBytes = meta.readUInt32LE(FREE_TREE_AT);
  if (pageBytes < 512 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) return undefined;
  return {
    pageBytes,
    lastPage: Number(meta.readBigUInt64LE(LAST_PAGE_AT)),
    txnId: meta.readBigUInt64LE(TXN_ID_AT),
    free: readTree(meta, FREE_TREE_AT),
    main: readTree(meta, MAIN_TREE_AT),
  };
}

function readTree(meta: Buffer, at: number): TreeRoot {
  const root = meta.readBigUInt64LE(at + TREE_ROOT_AT);
  return {
    flags: meta.readUInt16LE(at + TREE_FLAGS_AT),
    depth: meta.readUInt16LE(at + TREE_DEPTH_AT),
    root: root === NO_PAGE ? undefined : Number(root),
  };
}
