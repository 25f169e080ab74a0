// A user the privileged tests make and take away again.
import { spawnSync } from 'node:child_process';

/** Runs a system command; throws with its stderr when it fails. */
export function run(command: string, ...argv: string[]): string {
  const result = spawnSync(command, argv, { encoding: 'utf8' });
  if (result.status !== 0)
    throw new Error(`${command} ${argv.join(' ')}: ${result.stderr}${result.error?.message ?? ''}`);
  return result.stdout;
}

/** Makes a user with a home; returns how to take it away. */
export function makeUser(name: string): () => void {
  spawnSync('userdel', ['-rf', name]);
  run('useradd', '--create-home', '--shell', '/bin/sh', name);
  return () => {
    spawnSync('userdel', ['-rf', name]);
  };
}

/** Can `user` read this file? In a checkout that is closed to others the tests with users cannot run. */
export function canRead(user: string, file: string): boolean {
  return spawnSync('runuser', ['-u', user, '--', 'test', '-r', file]).status === 0;
}

export function hasTools(...names: string[]): boolean {
  return names.every((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0);
}
