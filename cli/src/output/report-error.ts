// The one place that tells a person what went wrong. Owns: message form, exit codes, and that a bug says it is one.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_BUG, EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { runnableCommand } from './runnable-command.js';
import { PipeClosed } from './text-sink.js';

/** Prints `kaipo: what happened` and the fix on stderr; returns the exit code. */
export function reportError(error: unknown): number {
  if (error instanceof PipeClosed || (error as NodeJS.ErrnoException).code === 'EPIPE') return EXIT_OK;
  if (error instanceof KaipoError) {
    process.stderr.write(`kaipo: ${line(error.message)}\n`);
    if (error.fix !== undefined) process.stderr.write(`kaipo: try: ${line(runnableCommand(error.fix))}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`kaipo: this is a bug, please report it: ${text}\n`);
  return EXIT_BUG;
}

/** File names and interface names in messages are text of others too. */
const line = (text: string): string =>
  text
    .split('\n')
    .map((part) => safeText(part, 1024))
    .join('\n');
