// One run of another program, and what became of it. Owns: no shell, an environment without secrets, the time limit, that nothing of it
// outlives it. Bounds: the caller's time limit; MAX_TOLD bytes of what it says.
import { spawn } from 'node:child_process';
import { safeText } from '@kaipo/core/kernel/safe-text.js';

const MAX_TOLD = 1000;
/** What a program that speaks to a person's session needs; keys of the store and addresses of databases are not among it. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
];

export interface ProgramRun {
  /** Absent: it could not be started, or was ended. */
  readonly exitCode?: number;
  /** ENOENT and the like. */
  readonly startError?: string;
  readonly isTooLate: boolean;
  /** The end of what it said on stderr; safe, one line. */
  readonly told: string;
}

/** Never rejects. */
export function runProgram(
  command: readonly string[],
  input: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProgramRun> {
  const [program = '', ...args] = command;
  const env = Object.fromEntries(PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  return new Promise((resolve) => {
    // In a group of its own, so that what it started ends with it.
    const child = spawn(program, args, { env, cwd: '/', stdio: ['pipe', 'ignore', 'pipe'], detached: true });
    let told = '';
    let isTooLate = false;
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // All of it has ended.
      }
    };
    const timer = setTimeout(() => {
      isTooLate = true;
      end();
    }, timeoutMs);
    const finish = (result: Partial<ProgramRun>): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      end();
      child.stderr.destroy();
      resolve({ isTooLate, told: safeText(told.trim().replaceAll(/\s+/g, ' '), 200), ...result });
    };
    signal.addEventListener('abort', end, { once: true });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      told = (told + part).slice(-MAX_TOLD);
    });
    child.once('error', (error: NodeJS.ErrnoException) => finish({ startError: error.code ?? error.message }));
    child.once('exit', (exitCode) => setImmediate(() => finish(exitCode === null ? {} : { exitCode })));
    // It need not read what it is given.
    child.stdin.on('error', () => undefined).end(input);
    if (signal.aborted) end();
  });
}
