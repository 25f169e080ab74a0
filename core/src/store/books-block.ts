// The books of one bucket: bytes by interface, category and reason. Owns their codes in the file.
import { KaipoError } from '../kernel/errors.js';
import { BOOK_CATEGORIES, BOOK_REASONS } from '../kernel/traffic-words.js';
import type { BookRow } from './interval-record.js';

/** A key is (interface id * 8 + category) * 32 + reason. */
const CATEGORY_CODES = 8;
const REASON_CODES = 32;

export class BooksBlock {
  readonly #bytes = new Map<number, number>();

  get isEmpty(): boolean {
    return this.#bytes.size === 0;
  }

  addRow(interfaceId: number, { category, reason, bytes }: BookRow): void {
    const code = interfaceId * CATEGORY_CODES + Math.max(0, BOOK_CATEGORIES.indexOf(category));
    const key = code * REASON_CODES + Math.max(0, BOOK_REASONS.indexOf(reason));
    this.#bytes.set(key, (this.#bytes.get(key) ?? 0) + bytes);
  }

  add(other: BooksBlock): void {
    for (const [key, bytes] of other.#bytes) this.#bytes.set(key, (this.#bytes.get(key) ?? 0) + bytes);
  }

  rows(nameOf: (interfaceId: number) => string): BookRow[] {
    return [...this.#bytes].map(([key, bytes]) => {
      const code = Math.floor(key / REASON_CODES);
      return {
        interface: nameOf(Math.floor(code / CATEGORY_CODES)),
        category: BOOK_CATEGORIES[code % CATEGORY_CODES] ?? 'not-captured',
        reason: BOOK_REASONS[key % REASON_CODES] ?? 'unexplained',
        bytes,
      };
    });
  }

  toValue(): unknown {
    return [[...this.#bytes.keys()], [...this.#bytes.values()]];
  }

  static fromValue(value: unknown): BooksBlock {
    const [keys, bytes] = Array.isArray(value) ? (value as unknown[]) : [];
    if (!Array.isArray(keys) || !Array.isArray(bytes) || ![...keys, ...bytes].every(Number.isFinite)) {
      throw new KaipoError('KAIPO_STORE_CORRUPT', 'the books of a bucket of the store are damaged');
    }
    const block = new BooksBlock();
    for (const [index, key] of keys.entries()) block.#bytes.set(Number(key), Number(bytes[index] ?? 0));
    return block;
  }
}
