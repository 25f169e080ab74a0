// `kaipo doctor`: what works on this machine, and the one command that fixes each thing that does not. Owns: the order and the print.
// Exit 0 when kaipo can run, be it on counters; 1 when something is broken.
import { resolve } from 'node:path';
import { EXIT_FOUND, EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { diagnoseCapture } from '../doctor/capture-checks.js';
import type { Check, CheckStatus } from '../doctor/check.js';
import { configCheck } from '../doctor/config-check.js';
import {
  countersCheck,
  databaseCheck,
  nodeCheck,
  storeCheck,
  terminalChecks,
  userCheck,
} from '../doctor/machine-checks.js';
import { type DataFormat, writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { runnableCommand } from '../output/runnable-command.js';

export interface DoctorOptions {
  readonly format?: DataFormat;
  readonly output?: string;
  /** Directory of the store; default: the user's. */
  readonly store?: string;
  readonly config?: string;
  readonly color?: boolean;
}

/** Runs every check, prints the answer on stdout. @returns the exit code. */
export async function runDoctor(options: DoctorOptions = {}): Promise<number> {
  const capture = await diagnoseCapture();
  const configured = await configCheck(options);
  const store = resolve(configured.storeDir);
  const checks = [
    nodeCheck(),
    await countersCheck(),
    ...capture.checks,
    databaseCheck(),
    configured.check,
    userCheck(process.geteuid?.(), process.env['SUDO_UID']),
    storeCheck(store),
    ...terminalChecks(process.env, process.stdout),
  ].map(safeCheck);
  const { rung, rungFix } = capture;
  try {
    writeAnswer(
      {
        document: { schema: 'kaipo.doctor/1', rung, ...(rungFix === undefined ? {} : { rungFix }), checks },
        records: checks.map((check) => ({ type: 'check', ...check })),
        csv: {
          columns: ['status', 'name', 'detail', 'fix'],
          rows: checks.map(({ status, name, detail, fix }) => [status, name, detail, fix]),
        },
        table: () => doctorTable(checks, options.color === true),
      },
      options.format ?? 'table',
      options.output,
    );
  } catch (error) {
    return reportError(error);
  }
  return checks.some((check) => check.status === 'fail') ? EXIT_FOUND : EXIT_OK;
}

/** Paths, locale and error messages come from the machine: they are text of others. */
function safeCheck(check: Check): Check {
  const { fix } = check;
  return {
    ...check,
    detail: safeText(check.detail),
    ...(fix === undefined ? {} : { fix: safeText(runnableCommand(fix), 1024) }),
  };
}

const COLORS: Readonly<Record<CheckStatus, string>> = { ok: '\u001b[32m', warn: '\u001b[33m', fail: '\u001b[31m' };

/** One line a check, and below it the fix where there is one. */
export function doctorTable(checks: readonly Check[], color: boolean): string {
  const width = Math.max(...checks.map((check) => check.name.length));
  let text = '';
  for (const { name, status, detail, fix } of checks) {
    const word = status.padEnd(4);
    text += `  ${color ? `${COLORS[status]}${word}\u001b[0m` : word}  ${name.padEnd(width)}  ${detail}\n`;
    if (fix !== undefined) text += `        ${' '.repeat(width)}  fix: ${fix}\n`;
  }
  return text;
}
