// The files a block list is made of, read again when one of them changes. Owns: reading, and complaining once. Bound: 64 MB a file.
import { readFileSync, statSync } from 'node:fs';
import { BlockBook } from './block-book.js';

const MAX_FILE_BYTES = 64_000_000;

export class BlockFiles {
  readonly #paths: readonly string[];
  readonly #warn: (text: string) => void;
  #book = new BlockBook();
  #seen = '';

  constructor(paths: readonly string[], warn: (text: string) => void) {
    this.#paths = paths;
    this.#warn = warn;
    this.refresh();
  }

  get book(): BlockBook {
    return this.#book;
  }

  /** Reads them when one has changed. What cannot be read any more leaves the list as it was. */
  refresh(): void {
    try {
      const seen = this.#paths.map((path) => markOf(path)).join('\n');
      if (seen === this.#seen) return;
      this.#seen = seen;
      const book = new BlockBook();
      for (const path of this.#paths) book.addText(readFileSync(path, 'utf8'));
      this.#book = book;
      if (book.badLines + book.refused > 0)
        this.#warn(`block-list: ${book.badLines} lines are no address, network or name; ${book.refused} were too many`);
    } catch (error) {
      this.#warn(`block-list: ${(error as Error).message}`);
    }
  }
}

function markOf(path: string): string {
  const { size, mtimeMs, ino } = statSync(path);
  if (size > MAX_FILE_BYTES) throw new Error(`${path} is larger than ${MAX_FILE_BYTES / 1e6} MB`);
  return `${size} ${mtimeMs} ${ino}`;
}
