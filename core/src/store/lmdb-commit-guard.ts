// Keeps a failed commit inside the promise that reports it. When the disk is full, lmdb 3.5 rejects the caller's promise and
// also a second one that nobody holds (which would end the process), and prints the error itself (which would tear a full-screen
// view). What its C code prints when a write falls short cannot be caught here; the reserve of free-space.ts keeps it from
// happening. Owns the two process-wide hooks while any store is open; everything that is not such a commit passes unchanged.

const COMMIT_FAILED = 'Commit failed (see commitError for details)';

let guards = 0;
let printError: typeof console.error | undefined;

export function guardCommits(): void {
  guards += 1;
  if (guards > 1) return;
  process.on('unhandledRejection', onUnhandledRejection);
  printError = console.error;
  console.error = quietError;
}

export function releaseCommits(): void {
  guards -= 1;
  if (guards > 0) return;
  process.off('unhandledRejection', onUnhandledRejection);
  if (console.error === quietError && printError !== undefined) console.error = printError;
}

/** Holds on to the inner promise of a failed commit, and answers what went wrong there. */
export async function commitCause(error: unknown): Promise<unknown> {
  const inner = (error as { commitError?: unknown } | undefined)?.commitError;
  try {
    await inner;
  } catch (cause) {
    return cause;
  }
  return error;
}

function onUnhandledRejection(reason: unknown): void {
  if (isCommitFailure(reason)) return;
  // Ours is the only listener: without it Node would have ended the process, so it still does.
  if (process.listenerCount('unhandledRejection') === 1) throw reason;
}

function isCommitFailure(reason: unknown): boolean {
  return reason instanceof Error && (reason.message === COMMIT_FAILED || isLmdbError(reason));
}

function quietError(...parts: unknown[]): void {
  if (parts.length === 1 && parts[0] instanceof Error && isLmdbError(parts[0])) return;
  printError?.(...parts);
}

/** lmdb gives its errors bare numbers as codes, Node gives its own names. */
function isLmdbError(error: Error): boolean {
  return typeof (error as { code?: unknown }).code === 'number' && (error.stack ?? '').includes('lmdb');
}
