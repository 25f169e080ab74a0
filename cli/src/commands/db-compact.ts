// `kaipo db compact`: gives the free pages of the data file back to the disk. Where a recorder runs, it does it itself.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { openStore, type StoreOptions } from '@kaipo/core/store/lmdb-store.js';
import { type CompactAnswer, compactStore } from '@kaipo/core/store/store-compact.js';
import type { WriterRecord } from '@kaipo/core/store/writer-lock.js';
import type { DataOptions } from '../command-line/command-line.js';
import { writeFacts } from '../db/one-answer.js';
import { requestWriter } from '../live/recorder-control.js';
import { reportError } from '../output/report-error.js';
import { loadSettings, storeOptions } from '../settings/settings.js';

/** A copy of a gigabyte on a slow disk. */
const RECORDER_TIMEOUT_MS = 300_000;

export async function runDbCompact(options: DataOptions): Promise<number> {
  try {
    const { config, storeDir } = await loadSettings(options);
    const store = storeOptions(config);
    const writer = await writerOf(store);
    const { beforeBytes, afterBytes } = writer === undefined ? await compactHere(store) : await askRecorder(writer);
    const by = writer === undefined ? 'this' : 'recorder';
    writeFacts(
      'compact',
      { path: storeDir, beforeBytes, afterBytes, by, ...(writer === undefined ? {} : { pid: writer.pid }) },
      () =>
        `${storeDir}: ${formatBytes(beforeBytes)} before, ${formatBytes(afterBytes)} now${writer === undefined ? '' : `, by the recorder (process ${writer.pid})`}.\n`,
      options,
    );
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

/** Raises KAIPO_STORE_MISSING: nothing is made where there is nothing. */
async function writerOf(options: StoreOptions): Promise<WriterRecord | undefined> {
  const store = openStore({ ...options, readOnly: true });
  try {
    return store.info().writer;
  } finally {
    await store.close();
  }
}

async function compactHere(options: StoreOptions): Promise<CompactAnswer> {
  const store = openStore(options);
  try {
    return await compactStore(store);
  } finally {
    await store.close();
  }
}

async function askRecorder(writer: WriterRecord): Promise<CompactAnswer> {
  const again = (why: string): KaipoError =>
    new KaipoError('KAIPO_STORE_BUSY', `process ${writer.pid} records and ${why}`, 'run it again when that has ended');
  let answer: Record<string, unknown>;
  try {
    answer = await requestWriter(writer, 'compact', { timeoutMs: RECORDER_TIMEOUT_MS });
  } catch (error) {
    if (error instanceof KaipoError && error.code === 'KAIPO_NO_RECORDER') throw again('cannot be asked to compact');
    throw error;
  }
  const { beforeBytes, afterBytes } = answer;
  if (typeof beforeBytes === 'number' && typeof afterBytes === 'number') return { beforeBytes, afterBytes };
  throw again('does not know how to compact');
}
