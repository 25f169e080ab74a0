// A line on stderr that shows which share of a long work is done. Only on a terminal, at most five times a second, gone when done.
const INTERVAL_MS = 200;

export class ShareProgress {
  readonly #what: string;
  readonly #isShown = process.stderr.isTTY === true;
  #lastMs = performance.now();
  #wasDrawn = false;

  constructor(what: string) {
    this.#what = what;
  }

  /** @param share 0 to 1 */
  show(share: number): void {
    if (!this.#isShown || performance.now() - this.#lastMs < INTERVAL_MS) return;
    this.#lastMs = performance.now();
    this.#wasDrawn = true;
    process.stderr.write(`\r\u001b[2K${this.#what}: ${Math.floor(share * 100)} %`);
  }

  clear(): void {
    if (this.#wasDrawn) process.stderr.write('\r\u001b[2K');
    this.#wasDrawn = false;
  }
}
