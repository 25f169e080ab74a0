// A program in a real pseudo-terminal, seen through a real terminal emulator. Owns: the pty, its size, what was typed
// and drawn. Bound: one child; every wait has a deadline.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal as TerminalType } from '@xterm/headless';
import { nodePty, type PseudoTerminal } from './pseudo-terminal.js';

// The package is CommonJS without named exports.
const { Terminal } = createRequire(import.meta.url)('@xterm/headless') as { Terminal: typeof TerminalType };

const DEADLINE_MS = 20_000;

export interface SessionOptions {
  readonly columns: number;
  readonly rows: number;
  /** Program and arguments; run by /bin/sh inside the pty. */
  readonly command: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the terminal says its background is (OSC 11), such as `rgb:ffff/ffff/ffff`; absent: it does not say. */
  readonly background?: string;
}

/** The shell says that nothing more comes, and waits for a line. */
const ALL_READ = '\x05';

export class TerminalSession {
  readonly terminal: TerminalType;
  /** Everything the program wrote, as it was written. */
  output = '';
  /** What was copied last (OSC 52). */
  clipboard = '';
  /** `stty -a` of the pty before and after the program. */
  sttyBefore = '';
  sttyAfter = '';
  /** Exit status of the program; absent while it runs. */
  status: number | undefined;
  readonly #pty: PseudoTerminal;
  readonly #directory: string;
  #pending = 0;
  #closed = false;

  constructor(options: SessionOptions) {
    this.terminal = new Terminal({ cols: options.columns, rows: options.rows, allowProposedApi: true, scrollback: 0 });
    this.#directory = mkdtempSync(join(tmpdir(), 'kaipo-tui-'));
    const at = (name: string): string => join(this.#directory, name);
    // The shell outlives the program, to look at the terminal it leaves behind.
    const inside = [
      `stty -a > '${at('before')}'`,
      `${options.command}`,
      `echo $? > '${at('status')}'`,
      `stty -a > '${at('after')}'`,
      // What a pseudo terminal holds is lost when its last process has ended for a moment: it is read before.
      `stty -echo; printf '\\005'; read _`,
    ].join('; ');
    if (nodePty === undefined) throw new Error('no node-pty: write the test as a terminalTest');
    this.#pty = nodePty.spawn('/bin/sh', ['-c', inside], {
      cols: options.columns,
      rows: options.rows,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: this.#directory,
        SHELL: '/bin/sh',
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
        TZ: 'UTC',
        ...options.env,
      },
    });
    // A terminal answers what it is asked.
    this.terminal.onData((answer) => this.#pty.write(answer));
    this.terminal.parser.registerOscHandler(11, (question) => {
      if (question !== '?' || options.background === undefined) return false;
      this.#pty.write(`\x1b]11;${options.background}\x1b\\`);
      return true;
    });
    this.terminal.parser.registerOscHandler(52, (text) => {
      this.clipboard = Buffer.from(text.split(';')[1] ?? '', 'base64').toString();
      return true;
    });
    this.#pty.onData((data) => {
      const chunk = data.replaceAll(ALL_READ, '');
      if (chunk !== data) this.#pty.write('\n');
      this.output += chunk;
      this.#pending += 1;
      this.terminal.write(chunk, () => {
        this.#pending -= 1;
      });
    });
    // Told when the last of what was written has been read.
    this.#pty.onExit(() => {
      this.#closed = true;
      this.sttyBefore = readOr(at('before'));
      this.sttyAfter = readOr(at('after'));
      const status = readOr(at('status')).trim();
      if (status !== '') this.status = Number(status);
    });
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  /** Rows of the visible screen, trailing blanks cut. */
  screen(): string[] {
    const buffer = this.terminal.buffer.active;
    const rows: string[] = [];
    for (let y = 0; y < this.terminal.rows; y += 1)
      rows.push(buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '');
    return rows;
  }

  /** The character cluster at a cell; empty for the second half of a wide one. */
  cell(x: number, y: number): string {
    const buffer = this.terminal.buffer.active;
    return (
      buffer
        .getLine(buffer.baseY + y)
        ?.getCell(x)
        ?.getChars() ?? ''
    );
  }

  waitFor(what: string, condition: () => boolean): Promise<void> {
    return this.#wait(what, () => (this.#closed || this.#frameComplete()) && condition());
  }

  /** Where somebody else draws (tmux), a picture has no end that could be seen. */
  waitForPicture(what: string, condition: () => boolean): Promise<void> {
    return this.#wait(what, condition);
  }

  async #wait(what: string, condition: () => boolean): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    while (this.#pending > 0 || !condition()) {
      if (performance.now() > deadline)
        throw new Error(`${what}: not within ${DEADLINE_MS} ms. The screen:\n${this.screen().join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  waitForText(text: string): Promise<void> {
    return this.waitFor(`"${text}" on the screen`, () => this.screen().some((row) => row.includes(text)));
  }

  waitForEnd(): Promise<void> {
    return this.waitFor('end of the program', () => this.#closed);
  }

  /** Resizes the pty as a terminal would; its kernel tells the program. */
  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** A picture comes in pieces; the last one ends with the cursor put back (DECRC). */
  #frameComplete(): boolean {
    return this.output.endsWith('\x1b8');
  }

  /** Process id of the program in the pty. */
  programPid(): number {
    const pid = childrenOf(this.#pty.pid)[0];
    if (pid === undefined) throw new Error('no program in the pty');
    return pid;
  }

  /** The terminal goes away, as when its window is closed: whatever is in it has to notice. */
  closeTerminal(): void {
    this.#pty.destroy();
  }

  /** Ends what is left and removes what was made. */
  async dispose(): Promise<void> {
    if (!this.#closed) {
      this.#pty.kill('SIGKILL');
      await this.waitFor('end of the pty', () => this.#closed);
    }
    this.terminal.dispose();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => / (\d+) /.exec(readOr(`/proc/${name}/stat`).replace(/^.*\) ./, ''))?.[1] === String(parent))
    .map(Number);
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
