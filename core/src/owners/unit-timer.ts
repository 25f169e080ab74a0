// Which timer starts a service of systemd, from the files of units alone: no program is asked. Owns: where these files lie and
// which timer belongs to which service. Bound: one file of MAX_FILE_BYTES for each folder; safe text of at most 128.
import { closeSync, openSync, readSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { safeText } from '../kernel/safe-text.js';

const MAX_FILE_BYTES = 64 * 1024;
const MAX_TEXT = 128;

export interface UnitTimer {
  /** `apt-daily.timer` */
  readonly timer: string;
  /** What it says of when: `OnCalendar=daily`, in its own words; absent when it says nothing we know. */
  readonly schedule?: string;
}

/** systemd's own order: what is made at run time, the machine's, the distribution's; then those of users. */
const FOLDERS = [
  'run/systemd/transient',
  'etc/systemd/system',
  'run/systemd/system',
  'usr/local/lib/systemd/system',
  'usr/lib/systemd/system',
  'lib/systemd/system',
  'etc/systemd/user',
  'usr/lib/systemd/user',
];

/** undefined: no service, or nothing starts it by the clock. */
export function timerOfUnit(unit: string, root = '/', home = homedir()): UnitTimer | undefined {
  const name = /^([^/]+)\.service$/.exec(unit)?.[1];
  if (name === undefined || name.length > MAX_TEXT) return undefined;
  // foo@bar.service has foo@bar.timer, or the template foo@.timer.
  const template = name.replace(/@.+$/, '@');
  const files = template === name ? [`${name}.timer`] : [`${name}.timer`, `${template}.timer`];
  const folders = [...FOLDERS.map((folder) => join(root, folder)), join(home, '.config/systemd/user')];
  for (const file of files) {
    for (const folder of folders) {
      const text = readBegin(join(folder, file));
      if (text === undefined || !startsService(text, name)) continue;
      const schedule = scheduleOf(text);
      return { timer: safeText(`${name}.timer`, MAX_TEXT), ...(schedule !== undefined && { schedule }) };
    }
  }
  return undefined;
}

/** A timer starts the service of its own name, unless Unit= names another one. */
function startsService(text: string, name: string): boolean {
  const named = /^\s*Unit\s*=\s*(\S+)/m.exec(text)?.[1];
  return named === undefined || named === `${name}.service` || named.includes('%');
}

function scheduleOf(text: string): string | undefined {
  const lines = [...text.matchAll(/^\s*(On[A-Z]\w+)\s*=\s*(\S.*?)\s*$/gm)];
  if (lines.length === 0) return undefined;
  return safeText(lines.map(([, key, value]) => `${key}=${value}`).join(', '), MAX_TEXT);
}

function readBegin(path: string): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const bytes = Buffer.alloc(MAX_FILE_BYTES);
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, MAX_FILE_BYTES, 0));
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
