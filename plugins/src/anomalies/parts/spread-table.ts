// How far something spreads: of each key (who asks whom, who floods what) how many flows began, how many were answered, how many
// different items (ports, hosts, senders) there were. Owns: windows of time, the estimate of what is different, who goes when there are
// too many keys. Must not know what is suspicious.
// Bound: ENTRIES keys of 220 bytes, taken once. A set of WAYS is full: the key with the fewest unanswered flows goes, so that neither busy
// clients nor a million made-up senders push out who really scans. `replaced` counts those that went in the middle of their window.
//
//   key (10 words) ──hash──► set of 8 ──► entry: firstUs lastUs began good distinct recent peak services bits[512] sample[8]

export const KEY_WORDS = 10;
export const SAMPLES = 8;
const ENTRIES = 2048;
const WAYS = 8;
const SETS = ENTRIES / WAYS;
const BIT_WORDS = 16;
const BITS = BIT_WORDS * 32;
/** What is new within it, or the one before, is recent. */
const RECENT_US = 10e6;
const NONE = -1;

export class SpreadTable {
  /** Has anything ever begun? */
  isEmpty = true;
  /** Who is looked up: filled by the caller. */
  readonly key = new Uint32Array(KEY_WORDS);
  replaced = 0;
  readonly firstUs = new Float64Array(ENTRIES);
  readonly lastUs = new Float64Array(ENTRIES);
  /** Flows that began in the window, or what stands for them. */
  readonly began = new Uint32Array(ENTRIES);
  /** Flows that were answered with yes, and clients that went on as if. */
  readonly answered = new Uint32Array(ENTRIES);
  readonly wentOn = new Uint32Array(ENTRIES);
  /** Items that are service ports. */
  readonly services = new Uint16Array(ENTRIES);
  readonly samples = new Uint32Array(ENTRIES * SAMPLES);
  /** Most new items within RECENT_US. */
  readonly peak = new Uint16Array(ENTRIES);
  /** Raised with each new key or window of an entry. */
  readonly generation = new Uint32Array(ENTRIES);
  /** Hashes of the keys, those of a set side by side: nearly always enough to see that a key is not there. 0: the entry is free. */
  readonly #tags = new Int32Array(ENTRIES);
  #tag = 0;
  readonly #keys = new Uint32Array(ENTRIES * KEY_WORDS);
  readonly #bits = new Uint32Array(ENTRIES * BIT_WORDS);
  /** Bits that are set. */
  readonly #different = new Uint16Array(ENTRIES);
  readonly #recent = new Uint16Array(ENTRIES);
  readonly #recentUs = new Float64Array(ENTRIES);
  readonly #windowUs: number;
  readonly #onLeave: (at: number) => void;

  /** `onLeave` is told of an entry before it is forgotten, or its window begins anew. */
  constructor(windowUs: number, onLeave: (at: number) => void = () => undefined) {
    this.#windowUs = windowUs;
    this.#onLeave = onLeave;
  }

  /** The entry of `key` where it is known and its window is not over; else -1. */
  find(nowUs: number): number {
    const at = this.#lookUp(this.#set());
    return at !== NONE && this.#isOpen(at, nowUs) ? at : NONE;
  }

  /** The entry of `key`: made, or begun anew when its window is over. */
  take(nowUs: number): number {
    const set = this.#set();
    const known = this.#lookUp(set);
    if (known !== NONE) {
      if (!this.#isOpen(known, nowUs)) {
        this.#onLeave(known);
        this.#begin(known, nowUs);
      }
      this.lastUs[known] = nowUs;
      return known;
    }
    const tag = this.#tag;
    this.isEmpty = false;
    const at = this.#room(set, nowUs);
    if (this.generation[at] !== 0) this.#onLeave(at);
    this.#tags[at] = tag;
    for (let word = 0; word < KEY_WORDS; word++) this.#keys[at * KEY_WORDS + word] = this.key[word]!;
    this.#begin(at, nowUs);
    return at;
  }

  /** @returns true when the item has not been seen in the window, as far as its bit tells. */
  addItem(at: number, item: number, isService: boolean, nowUs: number): boolean {
    const bit = mixed(item) & (BITS - 1);
    const word = at * BIT_WORDS + (bit >>> 5);
    const mask = 1 << (bit & 31);
    if ((this.#bits[word]! & mask) !== 0) return false;
    this.#bits[word] = this.#bits[word]! | mask;
    const different = this.#different[at]!;
    if (different < SAMPLES) this.samples[at * SAMPLES + different] = item;
    this.#different[at] = different + 1;
    if (isService) this.services[at] = this.services[at]! + 1;
    this.#addRecent(at, nowUs);
    return true;
  }

  /** Different items of the window, counted by the bits they left (linear counting; near 2,000 it can count no further). */
  distinct(at: number): number {
    const set = this.#different[at]!;
    if (set < BITS / 16) return set;
    return Math.round(-BITS * Math.log(Math.max(1, BITS - set) / BITS));
  }

  /** Bits, the cheap lower bound of `distinct`. */
  different(at: number): number {
    return this.#different[at]!;
  }

  word(at: number, word: number): number {
    return this.#keys[at * KEY_WORDS + word]!;
  }

  /** Flows that nobody has answered with yes. */
  failed(at: number): number {
    return Math.max(0, this.began[at]! - Math.max(this.answered[at]!, this.wentOn[at]!));
  }

  #addRecent(at: number, nowUs: number): void {
    if (nowUs - this.#recentUs[at]! >= RECENT_US) {
      this.#recentUs[at] = nowUs;
      this.#recent[at] = 0;
    }
    const recent = this.#recent[at]! + 1;
    this.#recent[at] = recent;
    if (recent > this.peak[at]!) this.peak[at] = recent;
  }

  /** First entry of the set of `key`; sets #tag. */
  #set(): number {
    const { key } = this;
    let hash = 0;
    for (let word = 0; word < KEY_WORDS; word++)
      hash = (Math.imul(hash ^ key[word]!, 0x9e37_79b1) << 7) ^ (hash >>> 11) ^ key[word]!;
    hash = mixed(hash);
    this.#tag = hash === 0 ? 1 : hash;
    return (hash & (SETS - 1)) * WAYS;
  }

  #lookUp(set: number): number {
    const tag = this.#tag;
    for (let at = set; at < set + WAYS; at++) if (this.#tags[at] === tag && this.#isKey(at)) return at;
    return NONE;
  }

  #isKey(at: number): boolean {
    for (let word = 0; word < KEY_WORDS; word++) {
      if (this.#keys[at * KEY_WORDS + word] !== this.key[word]) return false;
    }
    return true;
  }

  #isOpen(at: number, nowUs: number): boolean {
    return Math.abs(nowUs - this.firstUs[at]!) < this.#windowUs;
  }

  #room(set: number, nowUs: number): number {
    let worst = set;
    let least = Number.POSITIVE_INFINITY;
    for (let at = set; at < set + WAYS; at++) {
      if (this.generation[at] === 0 || !this.#isOpen(at, nowUs)) return at;
      const weight = this.failed(at);
      if (weight >= least) continue;
      least = weight;
      worst = at;
    }
    this.replaced += 1;
    return worst;
  }

  #begin(at: number, nowUs: number): void {
    this.generation[at] = this.generation[at]! + 1;
    this.firstUs[at] = nowUs;
    this.lastUs[at] = nowUs;
    this.began[at] = 0;
    this.answered[at] = 0;
    this.wentOn[at] = 0;
    this.services[at] = 0;
    this.peak[at] = 0;
    this.#different[at] = 0;
    this.#recent[at] = 0;
    this.#recentUs[at] = nowUs;
    this.#bits.fill(0, at * BIT_WORDS, (at + 1) * BIT_WORDS);
  }
}

/** Spreads the bits of a word. Signed. */
export function mixed(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
