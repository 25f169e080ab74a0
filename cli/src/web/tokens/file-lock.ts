// One process at a time changes a file: a second file beside it, made only where there is none. Owns waiting for it and that a lock
// somebody died with does not stay. Bound: WAIT_MS of waiting.
import { closeSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { KaipoError } from '@kaipo/core/kernel/errors.js';

const WAIT_MS = 2000;
const STEP_MS = 20;
/** What is done under it takes milliseconds. */
const STALE_MS = 10_000;

/** Raises KAIPO_CANNOT_CREATE when another process does not let go of it, or the folder cannot be written. */
export function withFileLock<Result>(file: string, work: () => Result): Result {
  const lock = `${file}.lock`;
  take(lock);
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string): void {
  const giveUpMs = performance.now() + WAIT_MS;
  for (;;) {
    try {
      mkdirSync(dirname(lock), { recursive: true, mode: 0o700 });
      closeSync(openSync(lock, 'wx', 0o600));
      return;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'EEXIST' || performance.now() > giveUpMs) {
        const told = code === 'EEXIST' ? `another process holds ${lock}` : `cannot write ${lock}: ${code ?? 'unknown'}`;
        throw new KaipoError('KAIPO_CANNOT_CREATE', told, undefined, { cause });
      }
    }
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && Date.now() - since > STALE_MS) rmSync(lock, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STEP_MS);
  }
}
