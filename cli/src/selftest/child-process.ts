// A program of a selftest that runs beside it. Owns: its output within a bound, waiting for a condition, and its end.
import { type ChildProcess, spawn } from 'node:child_process';

/** Kept of what it prints. */
const MAX_TEXT = 65_536;

export interface ChildEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class Child {
  readonly ended: Promise<ChildEnd>;
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #what: string;
  #end: ChildEnd | undefined;
  #wake: () => void = () => undefined;

  constructor(what: string, argv: readonly string[], env: NodeJS.ProcessEnv) {
    this.#what = what;
    this.#child = spawn(argv[0] as string, argv.slice(1), { stdio: ['pipe', 'pipe', 'pipe'], env, cwd: '/' });
    // It may end before its input does.
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout = (this.stdout + text).slice(-MAX_TEXT);
      this.#wake();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-MAX_TEXT);
      this.#wake();
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (exitCode, signal) => {
        this.#end = { exitCode, signal };
        resolve(this.#end);
        this.#wake();
      });
    });
    // Whoever waits is told; nobody has to.
    this.ended.catch(() => undefined);
  }

  /** Resolves when `isSo`; raises when it ends before, when `signal` aborts, or after `limitMs`. */
  async until(isSo: () => boolean, limitMs: number, signal: AbortSignal): Promise<void> {
    const untilMs = performance.now() + limitMs;
    while (!isSo()) {
      signal.throwIfAborted();
      if (this.#end !== undefined) throw new Error(`${this.#what} ended too early: ${this.stderr.trim()}`);
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) throw new Error(`${this.#what} was not ready within ${limitMs / 1000} s: ${this.stderr.trim()}`);
      await this.#change(leftMs, signal);
    }
  }

  /** How it ended. After `limitMs` it is killed, at once when `signal` aborts. */
  async end(limitMs: number, signal?: AbortSignal): Promise<ChildEnd> {
    const kill = (): void => this.kill('SIGKILL');
    const timer = setTimeout(kill, limitMs);
    signal?.addEventListener('abort', kill);
    if (signal?.aborted === true) kill();
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
    }
  }

  /** Tells what waits for the end of its input to go on. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.#end === undefined) this.#child.kill(signal);
  }

  #change(limitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      signal.addEventListener('abort', done);
      this.#wake = done;
    });
  }
}
