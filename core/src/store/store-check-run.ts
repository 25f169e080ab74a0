// Runs the check of a store in a child, and turns its end into an answer, however it ends. Owns the child's life.
// Bound: one child; killed when it says nothing for SILENCE_MS, as one that goes round in damaged pages does.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, KaipoError } from '../kernel/errors.js';
import type { CheckReport } from './store-check.js';
import type { StoreFileOptions } from './store-opening.js';

export type CheckMessage =
  | { readonly share: number }
  | { readonly report: CheckReport }
  | { readonly error: { readonly message: string; readonly code?: ErrorCode; readonly fix?: string } };

const SILENCE_MS = 120_000;

/** Raises what openStore raises for a reader. A database that cannot be read without dying is a finding, not an error. */
export function runStoreCheck(
  options: Omit<StoreFileOptions, 'readOnly'>,
  progress: (share: number) => void = () => {},
): Promise<CheckReport> {
  return new Promise((resolve, reject) => {
    const main = fileURLToPath(new URL('store-check-main.js', import.meta.url));
    const child = fork(main, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
    const silence = setTimeout(() => child.kill('SIGKILL'), SILENCE_MS);
    let last: CheckMessage | undefined;
    child.on('message', (message: CheckMessage) => {
      silence.refresh();
      last = message;
      if ('share' in message) progress(message.share);
    });
    child.on('error', reject);
    child.on('exit', (status, signal) => {
      clearTimeout(silence);
      if (last !== undefined && 'report' in last) resolve(last.report);
      else if (last !== undefined && 'error' in last) reject(errorOf(last.error));
      else if (signal !== null) resolve(diedReport(signal));
      else reject(new Error(`the check ended with ${status} and without a word`));
    });
    child.send(options);
  });
}

function errorOf({ message, code, fix }: { message: string; code?: ErrorCode; fix?: string }): Error {
  return code === undefined ? new Error(message) : new KaipoError(code, message, fix);
}

function diedReport(how: string): CheckReport {
  const message = `reading the database ends the process (${how}): pages of it are damaged`;
  return {
    entries: 0,
    bytes: 0,
    buckets: 0,
    flows: 0,
    names: 0,
    incidents: 0,
    isEncrypted: false,
    findings: [{ kind: 'died', message }],
    findingCount: 1,
  };
}
