// A line on stderr that shows how far a long read is. Only on a terminal, at most five times a second, gone when done.
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';

const INTERVAL_MS = 200;

export class Progress {
  readonly #isShown = process.stderr.isTTY === true;
  #lastMs = Date.now();
  #wasDrawn = false;

  show(name: string, doneBytes: number, totalBytes: number): void {
    if (!this.#isShown) return;
    const nowMs = Date.now();
    if (nowMs - this.#lastMs < INTERVAL_MS) return;
    this.#lastMs = nowMs;
    this.#wasDrawn = true;
    const part =
      totalBytes > 0
        ? `${Math.floor((doneBytes / totalBytes) * 100)} % of ${formatBytes(totalBytes)}`
        : formatBytes(doneBytes);
    process.stderr.write(`\r\u001b[2K${safeText(name)}: ${part}`);
  }

  clear(): void {
    if (this.#wasDrawn) process.stderr.write('\r\u001b[2K');
    this.#wasDrawn = false;
  }
}
