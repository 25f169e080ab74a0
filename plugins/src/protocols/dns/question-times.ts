// When the questions of a flow were asked, so that answers can tell how long they took. Owns: ids and times.
// Bound: CAPACITY questions without an answer; a further one takes the place of the oldest.

const CAPACITY = 8;
/** An answer later than this belongs to another question of the same id. */
const LONGEST_US = 60e6;

export class QuestionTimes {
  /** Most flows ask one or two: these grow up to CAPACITY. */
  readonly #ids: number[] = [];
  readonly #askedUs: number[] = [];
  #next = 0;

  /** Asked again: the time of the first question stands, that is how long the asker waits. */
  ask(id: number, tsUs: number): void {
    const known = this.#ids.indexOf(id);
    if (known >= 0 && tsUs - this.#askedUs[known]! < LONGEST_US) return;
    const slot = known >= 0 ? known : this.#next;
    if (known < 0) this.#next = (this.#next + 1) % CAPACITY;
    this.#ids[slot] = id;
    this.#askedUs[slot] = tsUs;
  }

  /** Microseconds since the question; undefined when it was not seen. */
  answer(id: number, tsUs: number): number | undefined {
    const slot = this.#ids.indexOf(id);
    if (slot < 0) return undefined;
    this.#ids[slot] = -1;
    const us = Math.round(tsUs - this.#askedUs[slot]!);
    return us >= 0 && us < LONGEST_US ? us : undefined;
  }
}
