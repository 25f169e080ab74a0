// Which package a file was installed by. Owns: the databases of dpkg, pacman and apk, read as they lie on the disk, and the one
// question to rpm, whose database is no text. Must not know processes. Bound: files of at most MAX_FILE_BYTES, MAX_PACKAGES of
// them, MAX_READ_BYTES in all; rpm gets MAX_RPM_MS.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { safeText } from '../kernel/safe-text.js';

const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MAX_READ_BYTES = 512 * 1024 * 1024;
const MAX_PACKAGES = 20_000;
const MAX_RPM_MS = 5000;
const MAX_TEXT = 128;

export interface FilePackage {
  readonly name: string;
  readonly version?: string;
  /** Whose database says so. */
  readonly manager: 'dpkg' | 'pacman' | 'apk' | 'rpm';
}

/** undefined: no package has it, or none of these managers is here. @param path absolute, without links. */
export async function packageOfFile(path: string, root = '/'): Promise<FilePackage | undefined> {
  if (!path.startsWith('/') || /[\n\0]/.test(path)) return undefined;
  const paths = mergedPaths(path);
  return (
    dpkgPackage(paths, root) ?? pacmanPackage(paths, root) ?? apkPackage(paths, root) ?? (await rpmPackage(path, root))
  );
}

/** Since /bin is a link to /usr/bin, packages name files either way. */
function mergedPaths(path: string): string[] {
  if (/^\/(?:bin|sbin|lib\w*)\//.test(path)) return [path, `/usr${path}`];
  return /^\/usr\/(?:bin|sbin|lib\w*)\//.test(path) ? [path, path.slice('/usr'.length)] : [path];
}

function dpkgPackage(paths: readonly string[], root: string): FilePackage | undefined {
  const folder = join(root, 'var/lib/dpkg/info');
  const lines = paths.map((path) => Buffer.from(`\n${path}\n`));
  const found = firstWith(folder, (file) => (file.endsWith('.list') ? file : undefined), lines);
  if (found === undefined) return undefined;
  // libc6:amd64.list where several architectures may be installed.
  const name = found.replace(/\.list$/, '').replace(/:.*$/, '');
  const status = readBounded(join(root, 'var/lib/dpkg/status'))?.toString('utf8') ?? '';
  const at = status.startsWith(`Package: ${name}\n`) ? 0 : status.indexOf(`\nPackage: ${name}\n`);
  const entry = at < 0 ? '' : status.slice(at, nextEntry(status, at));
  return made('dpkg', name, /^Version: (.+)$/m.exec(entry)?.[1]);
}

function nextEntry(status: string, at: number): number {
  const end = status.indexOf('\n\n', at + 1);
  return end < 0 ? status.length : end;
}

function pacmanPackage(paths: readonly string[], root: string): FilePackage | undefined {
  const folder = join(root, 'var/lib/pacman/local');
  const lines = paths.map((path) => Buffer.from(`\n${path.slice(1)}\n`));
  const found = firstWith(folder, (name) => join(name, 'files'), lines);
  // NAME-VERSION-RELEASE
  const parts = found === undefined ? null : /^(.+)-([^-]+-[^-]+)$/.exec(found);
  return parts === null ? undefined : made('pacman', parts[1]!, parts[2]!);
}

/** `P:` a package, `V:` its version, `F:` a folder, `R:` a file in it. */
function apkPackage(paths: readonly string[], root: string): FilePackage | undefined {
  const text = readBounded(join(root, 'lib/apk/db/installed'))?.toString('utf8');
  if (text === undefined) return undefined;
  let [name, version, folder] = ['', '', ''];
  for (const line of text.split('\n')) {
    const value = line.slice(2);
    if (line.startsWith('P:')) name = value;
    else if (line.startsWith('V:')) version = value;
    else if (line.startsWith('F:')) folder = value;
    else if (line.startsWith('R:') && paths.includes(`/${folder}/${value}`)) return made('apk', name, version);
  }
  return undefined;
}

async function rpmPackage(path: string, root: string): Promise<FilePackage | undefined> {
  const hasDatabase = ['var/lib/rpm', 'usr/lib/sysimage/rpm'].some((folder) => existsSync(join(root, folder)));
  if (root !== '/' || !hasDatabase || !existsSync('/usr/bin/rpm')) return undefined;
  try {
    const format = '%{NAME} %{VERSION}-%{RELEASE}\n';
    const asked = promisify(execFile)('/usr/bin/rpm', ['-qf', '--queryformat', format, path], { timeout: MAX_RPM_MS });
    const [name, version] = (await asked).stdout.split('\n', 1)[0]!.split(' ');
    return name && version ? made('rpm', name, version) : undefined;
  } catch {
    // "is not owned by any package" is an exit code of its own.
    return undefined;
  }
}

const made = (manager: FilePackage['manager'], name: string, version: string | undefined): FilePackage => ({
  name: safeText(name, MAX_TEXT),
  ...(version !== undefined && { version: safeText(version, MAX_TEXT) }),
  manager,
});

/** The first entry of a folder whose file has one of the lines. */
function firstWith(
  folder: string,
  fileOf: (entry: string) => string | undefined,
  lines: readonly Buffer[],
): string | undefined {
  let entries: string[];
  try {
    entries = readdirSync(folder).slice(0, MAX_PACKAGES * 8);
  } catch {
    return undefined;
  }
  let leftBytes = MAX_READ_BYTES;
  for (const entry of entries) {
    const file = fileOf(entry);
    const bytes = file === undefined ? undefined : readBounded(join(folder, file));
    if (bytes === undefined) continue;
    leftBytes -= bytes.length;
    if (leftBytes < 0) return undefined;
    if (lines.some((line) => bytes.includes(line))) return entry;
  }
  return undefined;
}

function readBounded(path: string): Buffer | undefined {
  try {
    return statSync(path).size > MAX_FILE_BYTES ? undefined : readFileSync(path);
  } catch {
    return undefined;
  }
}
