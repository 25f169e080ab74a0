// Starts the native helper for the tests, the way the launcher does: clean environment, the stream on descriptor 3.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { HelperStart, StartedHelper } from '../contract/helper-stream.contract.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
export const NATIVE_DIRECTORY = join(root, 'capture-helper', 'native');
export const NATIVE_HELPER = join(root, 'capture-helper', 'build', 'kaipo-capture');

export const notBuilt: string | false = existsSync(NATIVE_HELPER)
  ? false
  : 'the native helper is not built (no C compiler?)';

export function nativeArguments(start: Omit<HelperStart, 'netns'>): string[] {
  const args = start.interfaces.flatMap((name) => ['-i', name]);
  if (start.filter !== undefined) args.push('--filter', start.filter);
  if (start.snaplen !== undefined) args.push('--snaplen', String(start.snaplen));
  return args;
}

const started = new Set<ChildProcess>();

/** A test that failed leaves its helper running, and the stream would keep the test process alive. */
export function killStarted(): void {
  for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  started.clear();
}

/** `prefix`: a command that runs the helper, such as strace with its options. */
export function startInNamespace(
  netns: string,
  args: readonly string[],
  prefix: readonly string[] = [],
): StartedHelper {
  const command = ['netns', 'exec', netns, ...prefix, NATIVE_HELPER, ...args, '--fd', '3'];
  const child: ChildProcess = spawn('ip', command, {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  started.add(child);
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  return { process: child, stream: child.stdio[3] as Duplex, stderr: () => text };
}

export function startNative(start: HelperStart): StartedHelper {
  return startInNamespace(start.netns, nativeArguments(start));
}
