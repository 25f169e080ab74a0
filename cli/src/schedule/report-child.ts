// One page, made by a process of its own at the lowest priority: a recorder never waits for a report. Owns the child's life.
// Bounds: MAX_MS until it is ended, MAX_SAID characters of what it says about its failure.
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';

const KAIPO = fileURLToPath(new URL('../../bin/kaipo.js', import.meta.url));
const MAX_MS = 300_000;
const MAX_SAID = 2048;
const SHOWN = 256;

/** Resolves with undefined when all went well, else with what was wrong. */
export type RunReport = (args: readonly string[], stop: AbortSignal) => Promise<string | undefined>;

export const runReportChild: RunReport = (args, stop) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [KAIPO, 'report', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: MAX_MS,
      killSignal: 'SIGKILL',
      signal: stop,
    });
    lower(child.pid);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-MAX_SAID);
    });
    child.once('error', (error) => resolve(safeText(error.message, SHOWN)));
    child.once('close', (code, signal) => {
      if (code === EXIT_OK) resolve(undefined);
      else resolve(problemOf(said) ?? (signal === null ? `it ended with ${code}` : `it was ended by ${signal}`));
    });
  });

/** It may be over already, or the system may not let us. */
function lower(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // As it is.
  }
}

/** The last line that is no advice. */
function problemOf(said: string): string | undefined {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('kaipo: try: '));
  const last = lines.at(-1)?.replace(/^kaipo: /, '');
  return last === undefined ? undefined : safeText(last, SHOWN);
}
