// Sets of addresses by prefix, asked with addresses as flows have them: words, no text. Owns the comparison.
// Must not know what a set means. Bound: the caller's; a question looks at all prefixes of its IP version.
import ipaddr from 'ipaddr.js';

const V4_WORDS = 2;
const V6_WORDS = 8;

export class AddressPrefixes {
  /** Of each prefix its words, then the mask of each. */
  readonly #v4: number[] = [];
  readonly #v6: number[] = [];

  /** `bits` of an address in binary, 4 or 16 bytes. */
  add(bytes: readonly number[], bits: number): void {
    const words = wordsOf(bytes);
    const masks = words.map((_, i) => maskOf(bits - i * 32));
    (words.length === 1 ? this.#v4 : this.#v6).push(...words.map((word, i) => word & masks[i]!), ...masks);
  }

  /** "10.0.0.0/8" */
  addText(cidr: string): this {
    const [address, bits] = ipaddr.parseCIDR(cidr);
    this.add(address.toByteArray(), bits);
    return this;
  }

  has4(word: number): boolean {
    const prefixes = this.#v4;
    for (let i = 0; i < prefixes.length; i += V4_WORDS) if ((word & prefixes[i + 1]!) === prefixes[i]) return true;
    return false;
  }

  /** The four words at `at`. */
  has6(words: ArrayLike<number>, at: number): boolean {
    const prefixes = this.#v6;
    for (let i = 0; i < prefixes.length; i += V6_WORDS) {
      if (
        (words[at]! & prefixes[i + 4]!) === prefixes[i] &&
        (words[at + 1]! & prefixes[i + 5]!) === prefixes[i + 1] &&
        (words[at + 2]! & prefixes[i + 6]!) === prefixes[i + 2] &&
        (words[at + 3]! & prefixes[i + 7]!) === prefixes[i + 3]
      )
        return true;
    }
    return false;
  }
}

/** Signed words, as bit operations give them. */
export function wordsOf(bytes: readonly number[]): number[] {
  const words: number[] = [];
  for (let i = 0; i < bytes.length; i += 4)
    words.push((bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!);
  return words;
}

const maskOf = (bits: number): number => (bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits));
