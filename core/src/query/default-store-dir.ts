// Where history lies when nobody says otherwise (CONTRACT: Files). Owns the order of the places.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A service's own state directory, else the user's data directory (XDG base directories). */
export function defaultStoreDir(environment: NodeJS.ProcessEnv = process.env): string {
  // systemd may name several, separated by colons; the first is ours.
  const service = environment['STATE_DIRECTORY']?.split(':')[0];
  if (service) return service;
  // The specification asks to ignore relative paths.
  const data = environment['XDG_DATA_HOME'];
  const base = data?.startsWith('/') ? data : join(homedir(), '.local', 'share');
  return join(base, 'kaipo');
}
