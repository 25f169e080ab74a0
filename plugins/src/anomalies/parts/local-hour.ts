// Hours as the clock on the wall counts them. Owns: the number of an hour, which modulo 168 is its hour of the week.
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Whole local hours since a Thursday midnight. Bound: the clock is asked for its offset once an hour. */
export class LocalHours {
  #hourMs = -1;
  #offsetMs = 0;

  of(atUs: number): number {
    const atMs = atUs / 1000;
    const hourMs = Math.floor(atMs / HOUR_MS);
    if (hourMs !== this.#hourMs) {
      this.#hourMs = hourMs;
      this.#offsetMs = -new Date(atMs).getTimezoneOffset() * MINUTE_MS;
    }
    return Math.floor((atMs + this.#offsetMs) / HOUR_MS);
  }
}
