// The program that reads the kernel's socket table (SOCKETS.md): where it is, and one that runs. Owns: its start, its restarts, its orderly
// end. Knows nothing of sockets: bytes pass through. Bounds: MAX_RESTARTS in RESTART_WINDOW_MS, STOP_DEADLINE_MS for the end.
import { accessSync, constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { HELPER_EXIT_NO_PERMISSION, HELPER_EXIT_UNAVAILABLE, HELPER_EXIT_USAGE } from '../contract/index.js';
import type { LinkEnd } from './helper-link.js';
import { DEFAULT_PATHS } from './helper-paths.js';
import { ProcessLink, STREAM_FD } from './process-link.js';

const RESTART_MS = 1000;
const MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;
const STOP_DEADLINE_MS = 1000;
/** What a second try cannot change: the kernel or a sandbox refuses. */
const FINAL: readonly (number | undefined)[] = [HELPER_EXIT_USAGE, HELPER_EXIT_UNAVAILABLE, HELPER_EXIT_NO_PERMISSION];

export interface SocketProgramHandler {
  /** What follows is a new stream from its first byte. */
  onStart(): void;
  /** Valid during the call only. */
  onBytes(bytes: Uint8Array): void;
  /** It cannot be run any more; nothing follows. */
  onFailure(why: string): void;
}

/** Path of the program, or why it cannot be used here. */
export function findSocketProgram(
  path = join(dirname(DEFAULT_PATHS.built), 'kaipo-sockets'),
): { path: string } | { why: string } {
  if (process.platform !== 'linux') return { why: 'the socket table is read on Linux only' };
  try {
    accessSync(path, constants.X_OK);
    return { path };
  } catch {
    return { why: 'kaipo-sockets was not built (apt install gcc libc6-dev, then npm run build)' };
  }
}

/** One that runs, until `stop` or until it fails too often. */
export class SocketProgram {
  readonly #path: string;
  readonly #handler: SocketProgramHandler;
  #link: ProcessLink | undefined;
  #restarts: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #stopped: (() => void) | undefined;

  constructor(path: string, handler: SocketProgramHandler) {
    this.#path = path;
    this.#handler = handler;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#link?.pid;
  }

  /** The stream broke its contract: this program is ended and another one started. */
  reject(why: string): void {
    this.#link?.destroy();
    this.#ended(why);
  }

  /** Asks for a last snapshot; resolves when it was delivered, within STOP_DEADLINE_MS. */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    const link = this.#link;
    if (link === undefined) return;
    let deadline: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#stopped = resolve;
      deadline = setTimeout(resolve, STOP_DEADLINE_MS);
      link.finish();
    });
    clearTimeout(deadline);
    link.destroy();
    this.#link = undefined;
  }

  #start(): void {
    const link = new ProcessLink('native', this.#path, ['--fd', String(STREAM_FD)]);
    this.#link = link;
    this.#handler.onStart();
    link.attach({
      onBytes: (bytes) => this.#handler.onBytes(bytes),
      onLine: () => undefined,
      onEnd: (end) => this.#ended(describe(end), FINAL.includes(end.exitCode)),
    });
  }

  #ended(why: string, isFinal = false): void {
    this.#link = undefined;
    this.#stopped?.();
    if (this.#isOver) return;
    const now = performance.now();
    this.#restarts = this.#restarts.filter((at) => now - at < RESTART_WINDOW_MS);
    if (isFinal || this.#restarts.length >= MAX_RESTARTS) {
      this.#isOver = true;
      this.#handler.onFailure(why);
      return;
    }
    this.#restarts.push(now);
    this.#timer = setTimeout(() => this.#start(), RESTART_MS);
    this.#timer.unref();
  }
}

const describe = ({ message, signal, exitCode }: LinkEnd): string =>
  message.replace(/^kaipo-sockets: /, '') || `it ended with ${signal ?? exitCode ?? 'nothing said'}`;
