// User names by number, from /etc/passwd alone: a directory service would have to be asked by a child process.
// Bound: MAX_USERS entries; read again at most once a minute.
import { readFileSync } from 'node:fs';
import { safeText } from '../kernel/safe-text.js';

const MAX_USERS = 10_000;
const KEEP_MS = 60_000;
const MAX_NAME = 64;

export class UserNames {
  readonly #path: string;
  #names = new Map<number, string>();
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(path = '/etc/passwd') {
    this.#path = path;
  }

  /** "www-data", or the number as text when it has no name here. */
  nameOf(uid: number): string {
    if (performance.now() - this.#readAtMs > KEEP_MS) this.#read();
    return this.#names.get(uid) ?? String(uid);
  }

  #read(): void {
    this.#readAtMs = performance.now();
    const names = new Map<number, string>();
    try {
      for (const line of readFileSync(this.#path, 'utf8').split('\n', MAX_USERS)) {
        const [name, , uid] = line.split(':');
        if (name && uid && !names.has(Number(uid))) names.set(Number(uid), safeText(name, MAX_NAME));
      }
      this.#names = names;
    } catch {
      // No such file, or not for us: numbers then.
    }
  }
}
