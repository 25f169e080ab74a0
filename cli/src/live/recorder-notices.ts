// Notices of a recorder without a screen: plain lines on standard error, the severity first. Owns what was said already and the rate.
// Must not know what notices mean. Bound: MAX_LINES in RATE_MS; more are counted and the count is said.
import type { LiveNotice } from '@kaipo/core/query/live-snapshot.js';

const MAX_LINES = 30;
const RATE_MS = 60_000;

export class NoticeLines {
  readonly #write: (line: string) => void;
  /** Of the snapshot before: a notice stays in view for many. */
  #said = new Set<string>();
  #windowMs = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #leftOut = 0;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** `notices`: those in view, newest last. `nowMs`: a monotonic clock. */
  show(notices: readonly LiveNotice[], nowMs: number): void {
    if (nowMs - this.#windowMs >= RATE_MS) {
      if (this.#leftOut > 0) this.#write(`warning: ${this.#leftOut} notices were not printed: too many at once`);
      this.#windowMs = nowMs;
      this.#lines = 0;
      this.#leftOut = 0;
    }
    const inView = new Set<string>();
    for (const { tsUs, severity, text } of notices) {
      const key = `${tsUs} ${text}`;
      inView.add(key);
      if (!this.#said.has(key)) this.#say(`${severity}: ${text}`);
    }
    this.#said = inView;
  }

  #say(line: string): void {
    this.#lines += 1;
    if (this.#lines > MAX_LINES) this.#leftOut += 1;
    else this.#write(line);
  }
}

/**
 * Whoever read standard error may end before the recorder does: a log pipe, a terminal, a service manager's journal. The lines are lost
 * then, and nothing else is: without a listener the first of them would end the process, and with it everything not yet written.
 */
export function outliveStandardError(): void {
  process.stderr.on('error', () => undefined);
}
