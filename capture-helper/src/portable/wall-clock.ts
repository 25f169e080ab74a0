/** @hot */
// Nanoseconds since the epoch as two 32-bit halves, without an allocation per reading. Owns: the join of the fine clock that
// does not jump (performance.now) and the wall clock that may; re-joined when they are 50 ms apart.

const STEP_MS = 50;

export class WallClock {
  /** High and low 32 bits of the last reading. */
  high = 0;
  low = 0;
  #offsetMs = Date.now() - performance.now();
  #second = -1;
  #secondHigh = 0;
  #secondLow = 0;

  /** Takes the time now into `high` and `low`. Returns milliseconds of the clock that does not jump. */
  read(): number {
    const nowMs = performance.now();
    const epochMs = nowMs + this.#offsetMs;
    const second = Math.floor(epochMs / 1000);
    if (second !== this.#second) this.#enterSecond(second, nowMs);
    const nanoseconds = Math.min(999_999_999, Math.max(0, Math.round((epochMs - second * 1000) * 1e6)));
    const low = this.#secondLow + nanoseconds;
    this.high = low > 0xffff_ffff ? this.#secondHigh + 1 : this.#secondHigh;
    this.low = low > 0xffff_ffff ? low - 0x1_0000_0000 : low;
    return nowMs;
  }

  #enterSecond(second: number, nowMs: number): void {
    const driftMs = Date.now() - nowMs - this.#offsetMs;
    if (Math.abs(driftMs) > STEP_MS) this.#offsetMs += driftMs;
    // second * 1e9 does not fit the 53 bits of a number: multiply in halves.
    const lowPart = (second % 65_536) * 1e9;
    const highPart = Math.floor(second / 65_536) * 1e9;
    const carry = (highPart % 65_536) * 65_536 + lowPart;
    this.#second = second;
    this.#secondLow = carry % 0x1_0000_0000;
    this.#secondHigh = Math.floor(highPart / 65_536) + Math.floor(carry / 0x1_0000_0000);
  }
}
