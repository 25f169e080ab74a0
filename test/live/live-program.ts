// Runs the real `kaipo live --format ndjson` and collects its ticks. Waiting is always for a condition, with a deadline.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const KAIPO = fileURLToPath(new URL('../../../cli/bin/kaipo.js', import.meta.url));
const NATIVE_HELPER = fileURLToPath(new URL('../../../capture-helper/build/kaipo-capture', import.meta.url));

/** Why live capture cannot be tested here, or false. */
export const noCapture: string | false =
  process.geteuid?.() !== 0 ? 'needs root' : existsSync(NATIVE_HELPER) ? false : 'the native helper is not built';

const DEADLINE_MS = 20_000;

export interface Tick {
  readonly ts: number;
  readonly mode: string;
  readonly interfaces: readonly {
    name: string;
    rxBytes: number;
    txBytes: number;
    rxPackets: number;
    txPackets: number;
  }[];
  readonly capture: { received: number; delivered: number; droppedByKernel: number; droppedByHelper: number };
  readonly books: Record<
    'kernelBytes' | 'attributedBytes' | 'unknownBytes' | 'notCapturedBytes' | 'inFlightBytes',
    number
  > & {
    readonly unknownReasons?: Readonly<Record<string, number>>;
    readonly notCapturedReasons?: Readonly<Record<string, number>>;
  };
  readonly apps: readonly { app: string; pid?: number; txBytes: number; rxBytes: number }[];
  readonly hosts?: readonly { ip: string; txBytes: number; rxBytes: number; txPackets: number; rxPackets: number }[];
  readonly flows?: readonly {
    transport: string;
    remote: { ip: string; port?: number };
    protocol?: string;
    txBytes: number;
    rxBytes: number;
  }[];
  readonly gaps?: number;
  readonly notices?: readonly { severity: string; text: string }[];
}

export class LiveProgram {
  readonly child: ChildProcess;
  readonly ticks: Tick[] = [];
  stderr = '';
  readonly #exit: Promise<number | null>;
  #wake: () => void = () => undefined;

  /** `command`: what runs node, e.g. ['ip', 'netns', 'exec', NAME]. */
  constructor(command: readonly string[], args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    const argv = [...command, process.execPath, KAIPO, 'live', '--format', 'ndjson', ...args];
    this.child = spawn(argv[0] as string, argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env });
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.ticks.push(JSON.parse(line) as Tick);
      this.#wake();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#exit = new Promise((resolve) => {
      this.child.once('close', (code) => {
        resolve(code);
        this.#wake();
      });
    });
  }

  /** Resolves with the answer as soon as `ask` gives one; it is asked again after every tick. */
  async until<Answer>(what: string, ask: () => Answer | undefined | false, deadlineMs = DEADLINE_MS): Promise<Answer> {
    const endMs = Date.now() + deadlineMs;
    for (;;) {
      const answer = ask();
      if (answer !== undefined && answer !== false) return answer;
      if (Date.now() > endMs)
        throw new Error(`waited in vain for ${what}; ${this.ticks.length} ticks; stderr: ${this.stderr}`);
      if (this.child.exitCode !== null)
        throw new Error(`ended with ${this.child.exitCode} before ${what}: ${this.stderr}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Ctrl-C: ends in order; answers with the exit code. */
  async interrupt(): Promise<number | null> {
    this.child.kill('SIGINT');
    return this.#exit;
  }

  get exited(): Promise<number | null> {
    return this.#exit;
  }

  /** Sums of all ticks. */
  sum(pick: (tick: Tick) => number): number {
    return this.ticks.reduce((total, tick) => total + pick(tick), 0);
  }

  /** Bytes of all ticks by why they were not captured. */
  notCaptured(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const tick of this.ticks)
      for (const [reason, bytes] of Object.entries(tick.books.notCapturedReasons ?? {}))
        sums[reason] = (sums[reason] ?? 0) + bytes;
    return sums;
  }

  captured(): Tick['capture'] {
    return {
      received: this.sum((tick) => tick.capture.received),
      delivered: this.sum((tick) => tick.capture.delivered),
      droppedByKernel: this.sum((tick) => tick.capture.droppedByKernel),
      droppedByHelper: this.sum((tick) => tick.capture.droppedByHelper),
    };
  }
}
