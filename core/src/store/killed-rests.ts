// Files that processes left in the folder of a store when they were killed. Owns what is old enough to be nobody's any more.
// Bound: the files of one folder.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** So old no draft and no socket of a process that still waits for its turn is. */
const REST_AGE_MS = 600_000;

/** Removes the files that `isRest` knows by their names and that are older than a process needs them. */
export function removeRests(dir: string, nowMs: number, isRest: (name: string) => boolean): void {
  for (const name of readdirSync(dir).filter(isRest)) {
    const madeMs = statSync(join(dir, name), { throwIfNoEntry: false })?.mtimeMs;
    if (madeMs !== undefined && nowMs - madeMs > REST_AGE_MS) rmSync(join(dir, name), { force: true });
  }
}
