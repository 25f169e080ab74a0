// What was asked under one registered domain by one client, within a window. Owns: the sums, and what is unusual about them. Bound: 128 names
// are told apart (more are surely different), counts of 40 characters.
import { entropyBits, textHash } from '../parts/name-shape.js';

/** Names told apart. */
const MOST_NAMES = 128;
/** Letters, digits, all others together. */
const CHARACTERS = 37;
/** Types that carry what the server likes; A and AAAA carry four and sixteen bytes. */
const ROOMY = new Set([
  'TXT',
  'NULL',
  'CNAME',
  'MX',
  'SRV',
  'KEY',
  'TYPE65399',
  'TYPE10',
  'HINFO',
  'PRIVATE',
  'CAA',
  'URI',
]);

export class TunnelWindow {
  startUs: number;
  questions = 0;
  /** Characters below the registered domain, without dots: what goes out. */
  upCharacters = 0;
  longestLabel = 0;
  answers = 0;
  /** Of the answers, as text. */
  downCharacters = 0;
  missing = 0;
  readonly types = new Map<string, number>();
  example = '';
  readonly #names = new Set<number>();
  readonly #characters = new Float64Array(CHARACTERS);

  constructor(startUs: number) {
    this.startUs = startUs;
  }

  get names(): number {
    return this.#names.size;
  }

  /** Different names were asked for so often among the questions that could be told apart. */
  get freshShare(): number {
    return this.#names.size / Math.max(1, Math.min(this.questions, MOST_NAMES));
  }

  get entropy(): number {
    return entropyBits(this.#characters);
  }

  get meanCharacters(): number {
    return this.upCharacters / Math.max(1, this.questions);
  }

  /** Questions for types that have room for data. */
  get roomyShare(): number {
    let roomy = 0;
    for (const [type, count] of this.types) if (ROOMY.has(type)) roomy += count;
    return roomy / Math.max(1, this.questions);
  }

  /** `sub` is what stands before the registered domain, with the dot at its end. */
  ask(sub: string, type: string): void {
    this.questions += 1;
    if (this.types.has(type) || this.types.size < 8) this.types.set(type, (this.types.get(type) ?? 0) + 1);
    if (this.#names.size < MOST_NAMES) this.#names.add(textHash(sub));
    let label = 0;
    for (let i = 0; i < sub.length; i++) {
      const code = sub.charCodeAt(i);
      if (code === 0x2e) {
        if (label > this.longestLabel) this.longestLabel = label;
        label = 0;
        continue;
      }
      label += 1;
      this.upCharacters += 1;
      const place = code >= 0x61 && code <= 0x7a ? code - 0x61 : code >= 0x30 && code <= 0x39 ? code - 0x30 + 26 : 36;
      this.#characters[place]! += 1;
    }
    if (sub.length > this.example.length) this.example = sub;
  }

  answer(characters: number, isMissing: boolean): void {
    this.answers += 1;
    this.downCharacters += characters;
    if (isMissing) this.missing += 1;
  }

  /** "TXT 120, NULL 14". */
  get typesText(): string {
    return [...this.types]
      .sort(([, a], [, b]) => b - a)
      .map(([type, count]) => `${type} ${count}`)
      .join(', ');
  }
}
