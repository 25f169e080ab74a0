// Runs the real `kaipo serve` on a free port of loopback, with a home of its own. Waiting is always for a condition, with a deadline.
import { type ChildProcess, spawn } from 'node:child_process';
import { KAIPO, kaipoEnv } from '../../fixtures/run-kaipo.js';

const DEADLINE_MS = 20_000;
const LISTENS = /dashboard at (https?:\/\/\S+?)\/dashboard\//;

export interface ServeOptions {
  readonly store: string;
  readonly config: string;
  /** For settings, sockets and tokens. */
  readonly home: string;
  /** Absent: a free one. */
  readonly port?: number;
  /** What runs node, e.g. ['ip', 'netns', 'exec', NAME]. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
}

export class ServeProgram {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  stderr = '';
  #origin: string | undefined;

  private constructor({ store, config, home, port = 0, command = [], args = [] }: ServeOptions) {
    const flags = ['serve', '--port', String(port), '--store', store, '--config', config, ...args];
    const [program, ...rest] = [...command, process.execPath, KAIPO, ...flags];
    const env = kaipoEnv({ HOME: home, XDG_RUNTIME_DIR: home, TZ: process.env['TZ'] ?? 'UTC' });
    this.child = spawn(program!, rest, { stdio: ['ignore', 'ignore', 'pipe'], env });
    this.exited = new Promise((resolve) => this.child.once('close', resolve));
  }

  /** Resolves when it listens. */
  static start(options: ServeOptions): Promise<ServeProgram> {
    const program = new ServeProgram(options);
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`kaipo serve ${why}: ${program.stderr}`));
      const timer = setTimeout(() => fail('did not listen in time'), DEADLINE_MS);
      program.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
        program.stderr += text;
        const listens = LISTENS.exec(program.stderr);
        if (listens === null) return;
        program.#origin = listens[1]!;
        clearTimeout(timer);
        resolve(program);
      });
      void program.exited.then((code) => {
        clearTimeout(timer);
        fail(`ended with ${code}`);
      });
    });
  }

  /** `http://127.0.0.1:PORT`. */
  get origin(): string {
    return this.#origin!;
  }

  get port(): number {
    return Number(new URL(this.origin).port);
  }

  /** Answers the exit code; again after the end, too. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }
}
