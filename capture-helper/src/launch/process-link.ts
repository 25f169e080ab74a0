// A helper that this process started. Owns: the child, its stream on descriptor 3 (an inherited socketpair: there is no path
// to attack), its stderr, its stdin. Bound: one line of stderr at a time, MAX_LINE characters of it.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { takeOver } from './direct-reading.js';
import type { HelperKind } from './find-helpers.js';
import { cleanLine, type HelperLink, type LinkEnd, type LinkHandler, MAX_LINE } from './helper-link.js';

/** The descriptor of the stream in the helper: the first one after stderr. */
export const STREAM_FD = 3;
/** A helper that closed its stream but lives, or is dead while its stream stays silent but open, is given this long. */
const LINGER_MS = 1000;

export class ProcessLink implements HelperLink {
  readonly helper: HelperKind;
  readonly #child: ChildProcess;
  readonly #stream: Socket;
  readonly #isDirect: boolean;
  readonly #stderr: Readable;
  readonly #stdin: Writable;
  #handler: LinkHandler | undefined;
  #line = '';
  #lastLine = '';
  #exit: { code: number | null; signal: NodeJS.Signals | null } | undefined;
  #streamEnded = false;
  #paused = false;
  #done = false;
  #heard = false;
  #linger: NodeJS.Timeout | undefined;

  /** Starts `program`: an empty environment, the root folder, a session of its own so that Ctrl-C reaches only the analyzer. */
  constructor(helper: HelperKind, program: string, argv: readonly string[]) {
    this.helper = helper;
    this.#child = spawn(program, argv, {
      cwd: '/',
      env: {},
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    });
    const [stdin, , stderr, stream] = this.#child.stdio;
    this.#stdin = stdin as Writable;
    this.#stderr = stderr as Readable;
    const { socket, isDirect } = takeOver(stream as Socket, {
      space: () => this.#handler?.space?.(),
      onBytes: (bytes) => this.#take(bytes),
    });
    this.#stream = socket;
    this.#isDirect = isDirect;
    // Anything the peer does to these descriptors shows as an end; an error event must not end the analyzer.
    for (const end of [this.#stdin, this.#stderr, this.#stream]) end.on('error', () => {});
    // A session keeps the analyzer alive with its own timer; a helper that only waits must not.
    this.#child.unref();
    for (const end of [this.#stdin, this.#stderr, this.#stream] as Partial<Socket>[]) end.unref?.();
    this.#child.on('error', (error) => {
      // Also raised when a kill is refused: only a failed start has no pid.
      if (this.#child.pid !== undefined) return;
      this.#lastLine = cleanLine(`cannot be started: ${error.message}`);
      this.#exit = { code: null, signal: null };
      this.#streamEnded = true;
      this.#settle();
    });
    this.#child.on('exit', (code, signal) => {
      this.#exit = { code, signal };
      this.#settle();
    });
    this.#stderr.on('data', (chunk: Buffer) => this.#collectLines(chunk.toString('latin1')));
    this.#stream.on('end', () => {
      this.#streamEnded = true;
      this.#settle();
    });
    this.#stream.on('close', () => {
      this.#streamEnded = true;
      this.#settle();
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#exit === undefined && !this.#done;
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler;
    if (this.#lastLine !== '') handler.onLine(this.#lastLine);
    if (!this.#isDirect) this.#stream.on('data', (chunk: Buffer) => this.#take(chunk));
    if (this.#paused) this.#stream.pause();
    else this.#stream.resume();
    this.#settle();
  }

  /** A spare starts to capture when its stdin ends. */
  activate(): void {
    this.#stdin.end();
  }

  pause(): void {
    this.#paused = true;
    this.#stream.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#handler !== undefined) this.#stream.resume();
    this.#settle();
  }

  finish(): void {
    this.#stream.end();
  }

  destroy(): void {
    this.#done = true;
    this.#handler = undefined;
    clearTimeout(this.#linger);
    this.#stream.destroy();
    this.#stdin.destroy();
    this.#stderr.destroy();
    // Refused when the helper runs as somebody else: then the closed stream ends it.
    if (this.#exit === undefined && this.#child.pid !== undefined) this.#child.kill('SIGKILL');
  }

  #take(bytes: Uint8Array): void {
    this.#heard = true;
    this.#handler?.onBytes(bytes);
  }

  #collectLines(text: string): void {
    const lines = (this.#line + text).split('\n');
    this.#line = (lines.pop() ?? '').slice(0, MAX_LINE);
    for (const raw of lines) {
      const line = cleanLine(raw);
      // libpcap says this of every interface without an IPv4 address; it captures all the same.
      if (line === '' || line.endsWith('This may not actually work')) continue;
      this.#lastLine = line;
      this.#handler?.onLine(line);
    }
  }

  #settle(): void {
    if (this.#done || this.#handler === undefined) return;
    if (this.#exit !== undefined && this.#streamEnded) {
      // stderr may still hold the reason: it is closed by now, so its last bytes arrive before the next turn's timers.
      this.#arm(this.#stderr.readableEnded || this.#stderr.destroyed ? 0 : 50);
    } else if (this.#exit !== undefined || this.#streamEnded) {
      if (!this.#paused) this.#arm(LINGER_MS);
    }
  }

  #arm(delayMs: number): void {
    clearTimeout(this.#linger);
    this.#heard = false;
    this.#linger = setTimeout(() => {
      // A long call of onBytes makes a timer late, not the stream silent: only a whole quiet period counts.
      if (this.#heard && !this.#streamEnded) this.#settle();
      else this.#end();
    }, delayMs);
  }

  #end(): void {
    const handler = this.#handler;
    const exit = this.#exit;
    const end: LinkEnd = {
      ...(exit?.code != null && { exitCode: exit.code }),
      ...(exit?.signal != null && { signal: exit.signal }),
      message: this.#lastLine || cleanLine(this.#line),
    };
    this.destroy();
    handler?.onEnd(end);
  }
}
