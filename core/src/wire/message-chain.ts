// Messages that say their own length, one after the other: how many are there, and does the last one end where the bytes end?
// Exact chains are the best evidence a binary protocol without a magic number has. Bound: 64 messages.
/** @hot */

/** Total length of the message at `at`; 0 when too few bytes tell it (what is there agrees); -1 when it is none. */
export type LengthOf = (bytes: Uint8Array, at: number, end: number) => number;

const MAX_MESSAGES = 64;
/** What stands there is no message. */
export const BROKEN = -1;

/** BROKEN, or a value for `wholeMessages` and `endsExactly`. A last message may be cut short. */
export function followChain(bytes: Uint8Array, start: number, end: number, lengthOf: LengthOf): number {
  let at = start;
  let count = 0;
  while (at < end && count < MAX_MESSAGES) {
    const length = lengthOf(bytes, at, end);
    if (length < 0) return BROKEN;
    if (length === 0 || at + length > end) return count << 1;
    at += length;
    count += 1;
  }
  return (count << 1) | 1;
}

/** How many whole messages the chain has. */
export const wholeMessages = (chain: number): number => chain >> 1;

/** Does it end with the last byte there is? */
export const endsExactly = (chain: number): boolean => chain > 0 && (chain & 1) === 1;
