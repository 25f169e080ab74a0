// The tokens as a running server knows them. Owns: that a change of the file counts within a second, comparing in constant time, and
// the day each token was used last. Must not know where in a request a token stands. Bounds: those of the file; what is noted of use is
// one write a token and day.
import { timingSafeEqual } from 'node:crypto';
import { statSync } from 'node:fs';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { readTokens, type TokenEntry, tokenDigest } from './token-file.js';
import { noteTokenUse } from './token-use.js';

const LOOK_EVERY_MS = 1000;
const TOKEN = /^kpo_[A-Za-z0-9_-]{43}$/;

interface KnownToken extends TokenEntry {
  readonly digest: Buffer;
}

export class TokenBook {
  readonly path: string;
  #tokens: readonly KnownToken[] = [];
  /** What the file looked like when it was read. */
  #seen = '';
  #lookedMs = Number.NEGATIVE_INFINITY;
  #problem: KaipoError | undefined;
  readonly #usedDays = new Map<string, string>();

  constructor(path: string) {
    this.path = path;
  }

  /** What is wrong with the file. While it is, no token is right. */
  get problem(): KaipoError | undefined {
    this.#look();
    return this.#problem;
  }

  /** Tokens that can be used now. */
  usable(nowMs: number): readonly TokenEntry[] {
    this.#look();
    return this.#tokens.filter((token) => !isOver(token, nowMs));
  }

  /** Whose token this is; undefined: nobody's, or its time is over. */
  find(token: string, nowMs: number): TokenEntry | undefined {
    if (!TOKEN.test(token)) return undefined;
    this.#look();
    const digest = tokenDigest(token);
    let found: KnownToken | undefined;
    // All of them, whichever it is.
    for (const known of this.#tokens) if (timingSafeEqual(known.digest, digest)) found = known;
    if (found === undefined || isOver(found, nowMs)) return undefined;
    this.#noteUse(found, nowMs);
    return found;
  }

  /** At the next question the file is looked at again, however soon that is. */
  forget(): void {
    this.#lookedMs = Number.NEGATIVE_INFINITY;
    this.#seen = '';
  }

  #look(): void {
    const nowMs = performance.now();
    if (nowMs - this.#lookedMs < LOOK_EVERY_MS) return;
    this.#lookedMs = nowMs;
    try {
      const stats = statSync(this.path, { throwIfNoEntry: false, bigint: true });
      const seen = stats === undefined ? 'none' : `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
      if (seen === this.#seen) return;
      this.#seen = seen;
      this.#tokens = readTokens(this.path).map((entry) => ({ ...entry, digest: Buffer.from(entry.sha256, 'hex') }));
      this.#problem = undefined;
    } catch (error) {
      this.#tokens = [];
      this.#problem =
        error instanceof KaipoError
          ? error
          : new KaipoError('KAIPO_BAD_CONFIG', `cannot read ${this.path}`, undefined, { cause: error });
    }
  }

  #noteUse({ sha256 }: TokenEntry, nowMs: number): void {
    const day = new Date(nowMs).toISOString().slice(0, 10);
    if (this.#usedDays.get(sha256) === day) return;
    this.#usedDays.set(sha256, day);
    noteTokenUse(this.path, this.#tokens, sha256, day);
  }
}

const isOver = ({ expires }: TokenEntry, nowMs: number): boolean => expires !== undefined && nowMs >= expires * 1000;
