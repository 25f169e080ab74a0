// How much of the file system the store leaves to others. Owns the one question asked before every append.
import { statfsSync } from 'node:fs';
import { DEFAULT_RESERVE_BYTES } from './store-limits.js';

/** Is less free than the reserve? Without one: DEFAULT_RESERVE_BYTES, or a twentieth of a small file system. Unknown counts as enough. */
export function isSpaceShort(dir: string, reserveBytes?: number): boolean {
  try {
    const { bavail, blocks, bsize } = statfsSync(dir);
    return bavail * bsize < (reserveBytes ?? Math.min(DEFAULT_RESERVE_BYTES, (blocks * bsize) / 20));
  } catch {
    return false;
  }
}
