// A configuration file written whole or not at all. Owns: its directories, its rights, and that what stood there before stays
// until the new text is on disk.
import {
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { KaipoError } from '@kaipo/core/kernel/errors.js';

/** Makes the file (0600, directories 0700) or replaces its text; a link is followed, owner and rights stay. Raises KAIPO_CANNOT_CREATE, KAIPO_WRITE_FAILED. */
export function writeConfigFile(file: string, text: string): void {
  let path = file;
  let temporary: string | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const present = statSync(path, { throwIfNoEntry: false });
    if (present !== undefined) path = realpathSync(path);
    temporary = `${path}.${process.pid}.tmp`;
    writeNew(temporary, text, present);
    renameSync(temporary, path);
  } catch (cause) {
    if (temporary !== undefined) rmSync(temporary, { force: true });
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new KaipoError(
        'KAIPO_WRITE_FAILED',
        `${file}: no space left on the device`,
        'free some space and run it again',
        { cause },
      );
    }
    throw new KaipoError('KAIPO_CANNOT_CREATE', `cannot write ${file}: ${message.split(',')[0]}`, undefined, { cause });
  }
}

function writeNew(path: string, text: string, present: Stats | undefined): void {
  const fd = openSync(path, 'wx', present === undefined ? 0o600 : present.mode & 0o777);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  if (present !== undefined && present.uid !== process.geteuid?.()) chownSync(path, present.uid, present.gid);
}
