// From an address in words to a value. Owns: the hash table. Must not know what the values are. Bound: `capacity` addresses; the caller
// asks for room first. The hash is seeded: nobody outside can choose addresses that collide.
const ENTRY_WORDS = 5;
const EMPTY = -1;

export class AddressMap<Value> {
  readonly capacity: number;
  /** Of each entry its four words and the IP version. */
  readonly #keys: Int32Array;
  readonly #values: Value[] = [];
  readonly #slots: Int32Array;
  readonly #mask: number;
  readonly #seed = (Math.random() * 0xffffffff) | 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#keys = new Int32Array(capacity * ENTRY_WORDS);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(capacity * 4))).fill(EMPTY);
    this.#mask = this.#slots.length - 1;
  }

  get size(): number {
    return this.#values.length;
  }

  /** `at`: where the words are, one of IPv4 and four of IPv6. */
  get(words: ArrayLike<number>, at: number, version: number): Value | undefined {
    const entry = this.#slots[this.#slotOf(words, at, version)]!;
    return entry === EMPTY ? undefined : this.#values[entry];
  }

  /** Of an address that is not there yet. */
  add(words: ArrayLike<number>, at: number, version: number, value: Value): void {
    if (this.#values.length >= this.capacity) return;
    const entry = this.#values.push(value) - 1;
    const key = entry * ENTRY_WORDS;
    const used = version === 4 ? 1 : 4;
    for (let word = 0; word < 4; word++) this.#keys[key + word] = word < used ? words[at + word]! : 0;
    this.#keys[key + 4] = version;
    this.#slots[this.#slotOf(words, at, version)] = entry;
  }

  /** Takes out what `isKept` does not want. */
  filter(isKept: (value: Value) => boolean): void {
    const keys = this.#keys.slice();
    const values = this.#values.splice(0);
    this.#slots.fill(EMPTY);
    values.forEach((value, entry) => {
      if (isKept(value)) this.add(keys, entry * ENTRY_WORDS, keys[entry * ENTRY_WORDS + 4]!, value);
    });
  }

  /** The slot of the address, or the empty one where it belongs. */
  #slotOf(words: ArrayLike<number>, at: number, version: number): number {
    const slots = this.#slots;
    const isLong = version !== 4;
    let hash = mix(this.#seed, words[at]! | 0);
    if (isLong) hash = mix(mix(mix(hash, words[at + 1]! | 0), words[at + 2]! | 0), words[at + 3]! | 0);
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    for (;;) {
      const entry = slots[slot]!;
      if (entry === EMPTY) return slot;
      const key = entry * ENTRY_WORDS;
      if (this.#keys[key] === (words[at]! | 0) && this.#isSame(key, words, at, version, isLong)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  #isSame(key: number, words: ArrayLike<number>, at: number, version: number, isLong: boolean): boolean {
    const keys = this.#keys;
    if (keys[key + 4] !== version) return false;
    if (!isLong) return true;
    for (let word = 1; word < 4; word++) if (keys[key + word] !== (words[at + word]! | 0)) return false;
    return true;
  }
}

/** MurmurHash3's step for one word. */
function mix(hash: number, word: number): number {
  const k = Math.imul(word, 0xcc9e2d51);
  const h = hash ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  return Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
}
