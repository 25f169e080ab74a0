// Answers that were made a moment ago, as bytes with their ETag: the same question many times a second is worked out once. Owns how long
// an answer stands and which one goes when there is no room. Must not know what is asked.
// Bounds: MAX_ANSWERS, MAX_CACHE_BYTES; the oldest goes. An answer larger than a quarter of the bytes is not kept.
import { createHash } from 'node:crypto';

export interface CachedAnswer {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly madeMs: number;
}

const MAX_ANSWERS = 512;
const MAX_CACHE_BYTES = 16_000_000;

export class AnswerCache {
  /** In the order they were made. */
  readonly #answers = new Map<string, CachedAnswer>();
  readonly #standMs: number;
  #bytes = 0;
  /** Answers that made room for others, since start. */
  evicted = 0;

  /** @param standMs an answer stands for so long. */
  constructor(standMs: number) {
    this.#standMs = standMs;
  }

  get size(): number {
    return this.#answers.size;
  }

  get(question: string, nowMs: number): CachedAnswer | undefined {
    const answer = this.#answers.get(question);
    return answer !== undefined && nowMs - answer.madeMs < this.#standMs ? answer : undefined;
  }

  put(question: string, text: string, nowMs: number): CachedAnswer {
    const bytes = Buffer.from(text);
    const answer = { bytes, etag: `"${createHash('sha1').update(bytes).digest('base64url')}"`, madeMs: nowMs };
    this.#drop(question);
    if (bytes.length > MAX_CACHE_BYTES / 4) return answer;
    this.#answers.set(question, answer);
    this.#bytes += bytes.length;
    while (this.#answers.size > MAX_ANSWERS || this.#bytes > MAX_CACHE_BYTES) {
      this.#drop(this.#answers.keys().next().value!);
      this.evicted += 1;
    }
    return answer;
  }

  /** What was written may have changed every answer. */
  clear(): void {
    this.#answers.clear();
    this.#bytes = 0;
  }

  #drop(question: string): void {
    const answer = this.#answers.get(question);
    if (answer === undefined) return;
    this.#bytes -= answer.bytes.length;
    this.#answers.delete(question);
  }
}
