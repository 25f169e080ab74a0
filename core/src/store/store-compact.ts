// Gives the free pages of the data file back to the disk: LMDB never shrinks its file. A copy without them is made while readers
// go on, then takes the place of the file (data-swap.ts). Owns that order; keeps everything when a step fails.
// Bound: needs as much free space as the store uses, beside it.
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KaipoError } from '../kernel/errors.js';
import { SWAP_DIR, swapDataFile } from './data-swap.js';
import { DATA_FILE, type LmdbFile } from './lmdb-file.js';
import type { Store } from './store.js';
import { diskFull, storeError } from './store-errors.js';
import type { WriterRecord } from './writer-lock.js';

export interface CompactAnswer {
  /** Size of the data file before and after. */
  readonly beforeBytes: number;
  readonly afterBytes: number;
}

/**
 * Compacts the store this process records into: appends wait, views go on. Raises KAIPO_STORE_BUSY when the store is not open for
 * recording, KAIPO_STORE_FULL when there is no space for the copy; then nothing has changed.
 */
export async function compactStore(store: Store): Promise<CompactAnswer> {
  const { compact } = store as Store & { compact?(): Promise<CompactAnswer> };
  if (compact === undefined) throw new KaipoError('KAIPO_STORE_BUSY', `the store in ${store.dir} cannot be compacted`);
  return compact.call(store);
}

/** Of the open database `file`, which nothing else writes. `adopt` opens the new one; the caller closes the old one afterwards. */
export async function compactFile(
  dir: string,
  file: LmdbFile,
  writer: WriterRecord,
  adopt: () => LmdbFile,
): Promise<CompactAnswer> {
  const data = join(dir, DATA_FILE);
  const aside = join(dir, SWAP_DIR);
  const beforeBytes = statSync(data).size;
  try {
    const { pageBytes, pages, freePages } = file.pageCounts();
    const { bavail, bsize } = statfsSync(dir);
    if (bavail * bsize < (pages - freePages) * pageBytes) throw diskFull(dir);
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside, { mode: 0o700 });
    await file.copyTo(aside);
    makeDurable(join(aside, DATA_FILE));
    swapDataFile(dir, writer, adopt);
    return { beforeBytes, afterBytes: statSync(data).size };
  } catch (cause) {
    rmSync(aside, { recursive: true, force: true });
    throw storeError(dir, cause);
  }
}

/** Private and on disk before anything relies on it. */
export function makeDurable(path: string): void {
  chmodSync(path, 0o600);
  const descriptor = openSync(path, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
