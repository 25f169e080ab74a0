// node-pty, where it could be built: npm leaves it out on a machine without g++, make and python3, and everything else is tested there.
// Owns: the part of it that is used, as types of our own, and that a test which needs it is skipped with the reason.
import { createRequire } from 'node:module';
import test, { type TestContext, type TestOptions } from 'node:test';

export interface PseudoTerminal {
  /** Of the program inside. */
  readonly pid: number;
  write(text: string): void;
  resize(columns: number, rows: number): void;
  kill(signal: string): void;
  /** The terminal goes away. */
  destroy(): void;
  onData(listener: (text: string) => void): void;
  onExit(listener: () => void): void;
}

export interface NodePty {
  spawn(
    file: string,
    args: readonly string[],
    options: { readonly cols: number; readonly rows: number; readonly env: Readonly<Record<string, string>> },
  ): PseudoTerminal;
}

export const nodePty = loaded();

const notBuilt = nodePty === undefined ? 'node-pty was not built: it needs g++, make and python3' : false;

type Body = (t: TestContext) => void | Promise<void>;

/** A test in a terminal. */
export function terminalTest(name: string, ...rest: readonly [Body] | readonly [TestOptions, Body]): void {
  const [options, body] = rest.length === 2 ? rest : [{}, rest[0]];
  void test(name, { ...options, skip: notBuilt || (options.skip ?? false) }, body);
}

function loaded(): NodePty | undefined {
  try {
    return createRequire(import.meta.url)('node-pty') as NodePty;
  } catch {
    return undefined;
  }
}
