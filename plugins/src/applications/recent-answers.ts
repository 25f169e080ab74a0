// Answers that were given lately, by the text they were asked about: on a network the same names are asked for all day.
// Owns: what was answered. Must not know what. Bound: `capacity` texts of at most MAX_TEXT characters, twice: what is not asked again
// while as many others are is forgotten.

const MAX_TEXT = 512;

export class RecentAnswers<Answer> {
  readonly #capacity: number;
  readonly #answerTo: (text: string) => Answer;
  #recent = new Map<string, Answer>();
  /** What was asked before: an answer that is used again moves on, the rest goes. */
  #older = new Map<string, Answer>();

  /** `answerTo` gives the same answer to the same text, always, and never undefined. */
  constructor(capacity: number, answerTo: (text: string) => Answer) {
    this.#capacity = capacity;
    this.#answerTo = answerTo;
  }

  to(text: string): Answer {
    if (text.length > MAX_TEXT) return this.#answerTo(text);
    const known = this.#recent.get(text);
    if (known !== undefined) return known;
    const before = this.#older.get(text);
    const answer = before === undefined ? this.#answerTo(text) : before;
    if (this.#recent.size >= this.#capacity) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(text, answer);
    return answer;
  }
}
