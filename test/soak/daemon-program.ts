// Runs the real `kaipo daemon` for tests and soaks, and asks its store. Waiting is always for a condition, with a deadline.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openStore } from '@kaipo/core/store/lmdb-store.js';

export const KAIPO = fileURLToPath(new URL('../../../cli/bin/kaipo.js', import.meta.url));
const DEADLINE_MS = 20_000;

export class DaemonProgram {
  readonly child: ChildProcess;
  stderr = '';
  readonly exited: Promise<number | null>;

  /** `command`: what runs node, e.g. ['ip', 'netns', 'exec', NAME]. */
  constructor(args: readonly string[], command: readonly string[] = [], env: NodeJS.ProcessEnv = process.env) {
    const argv = [...command, process.execPath, KAIPO, 'daemon', ...args];
    this.child = spawn(argv[0] as string, argv.slice(1), { stdio: ['ignore', 'ignore', 'pipe'], env });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.exited = new Promise((resolve) => this.child.once('close', resolve));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Polls until `ask` gives something. */
  async until<Answer>(what: string, ask: () => Answer | undefined | false, deadlineMs = DEADLINE_MS): Promise<Answer> {
    const endMs = performance.now() + deadlineMs;
    for (;;) {
      const answer = ask();
      if (answer !== undefined && answer !== false) return answer;
      if (this.child.exitCode !== null) throw new Error(`ended before ${what}: ${this.stderr}`);
      if (performance.now() > endMs) throw new Error(`waited in vain for ${what}: ${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  ready(): Promise<boolean> {
    return this.until('readiness', () => this.stderr.includes('kaipo daemon: recording'));
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }
}

export interface StoredSums {
  readonly rxBytes: number;
  readonly txBytes: number;
}

/** Everything a store has of one interface, summed at one resolution; what is older than any interval of a test included. */
export async function storedBytes(
  dir: string,
  name: string,
  resolutionS: 1 | 10 | 60 | 3600 | 86_400,
): Promise<StoredSums> {
  const store = openStore({ dir, readOnly: true });
  try {
    return store.view((view) => {
      let [rxBytes, txBytes] = [0, 0];
      view.readSeries('interface', resolutionS, 0, 8e15, (_startUs, block) => {
        for (let row = 0; row < block.length; row++) {
          if (view.nameOf('interface', block.idAt(row)).name !== name) continue;
          rxBytes += block.rxBytes[row]!;
          txBytes += block.txBytes[row]!;
        }
        return undefined;
      });
      return { rxBytes, txBytes };
    });
  } finally {
    await store.close();
  }
}
