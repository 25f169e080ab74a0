// New things that come together are one incident: an installation brings ten programs, a browser fifty addresses. Owns the key and the text of
// the group. Bound: SHOWN names and a count.
import type { AlertRaised } from '@kaipo/core/api/index.js';

const SHOWN = 5;
const TOGETHER_US = 1800e6;

export class NewsGroup {
  readonly #one: string;
  readonly #many: string;
  #key = '';
  #lastUs = Number.NEGATIVE_INFINITY;
  #names: string[] = [];
  #count = 0;

  /** What is new, as in "new application", "new applications". */
  constructor(one: string, many: string) {
    this.#one = one;
    this.#many = many;
  }

  /** One more; what is to be said of the group it belongs to. */
  add(name: string, tsUs: number): Pick<AlertRaised, 'key' | 'subject' | 'summary'> & { readonly count: number } {
    if (tsUs - this.#lastUs > TOGETHER_US) {
      this.#key = `${name} ${Math.floor(tsUs / 1e6)}`;
      this.#names = [];
      this.#count = 0;
    }
    this.#lastUs = tsUs;
    this.#count += 1;
    if (this.#names.length < SHOWN) this.#names.push(name);
    const [first = name] = this.#names;
    const more = this.#count - this.#names.length;
    return {
      key: this.#key,
      subject: first,
      summary:
        this.#count === 1
          ? `${this.#one}: ${first}`
          : `${this.#count} ${this.#many}: ${this.#names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
      count: this.#count,
    };
  }
}
