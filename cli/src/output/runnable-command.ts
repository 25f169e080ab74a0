// Commands kaipo tells people to run must run as printed, also when kaipo is on nobody's PATH. Owns: that rewriting.
import { existsSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';

/** sudo looks here, whatever the PATH of the caller (secure_path of Debian's sudoers). */
const SUDO_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const NAMES_KAIPO = /^(sudo )?kaipo(?= )/;

/** "sudo kaipo live" as it is where kaipo is installed, else "sudo /usr/bin/node cli/bin/kaipo.js live". */
export function runnableCommand(command: string): string {
  if (!NAMES_KAIPO.test(command) || SUDO_PATH.some((folder) => existsSync(join(folder, 'kaipo')))) return command;
  const program = thisProgram();
  return program === undefined ? command : command.replace(NAMES_KAIPO, (_match, sudo = '') => `${sudo}${program}`);
}

function thisProgram(): string | undefined {
  const script = process.argv[1];
  if (script === undefined) return undefined;
  try {
    const path = realpathSync(script);
    const near = relative(process.cwd(), path);
    return `${shellWord(process.execPath)} ${shellWord(near.startsWith('..') ? path : near)}`;
  } catch {
    // The script or the folder is gone: the short name is all there is.
    return undefined;
  }
}

/** A word as a shell takes it back. */
export function shellWord(text: string): string {
  return /^[\w./+@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
