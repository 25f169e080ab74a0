// From a flow's key to its number. Owns: the hash table and the key of the packet at hand (`probe`).
// Must not know time, sums or packets. Bound: twice as many slots as the table has flows, taken once.
//
// Open addressing with linear probing; a slot is two words, [hash, flow + 1], so that a miss seldom touches a key. The hash is
// seeded: nobody outside can choose addresses that collide.
/** @hot */
import { NO_FLOW } from '../frame/frame-batch.js';
import { KEY_META, KEY_PORTS, KEY_WORDS } from './flow-columns.js';

const MIN_SLOTS = 1024;

export class FlowIndex {
  /** The key that find, insert, hashAddresses and sameAddresses are about: word for word what the key column holds. */
  readonly probe = new Uint32Array(KEY_WORDS);

  readonly #key: Uint32Array;
  readonly #slots: Int32Array;
  readonly #mask: number;
  readonly #seed = (Math.random() * 0xffffffff) >>> 0;
  #foundSlot = 0;
  #foundHash = 0;

  /** `key`: the key column of the flow table. */
  constructor(capacity: number, key: Uint32Array) {
    let slots = MIN_SLOTS;
    while (slots < capacity * 2) slots *= 2;
    this.#key = key;
    this.#slots = new Int32Array(slots * 2);
    this.#mask = slots - 1;
  }

  /** The flow with the key in `probe`, or NO_FLOW: then `insert` puts one there. */
  find(): number {
    const slots = this.#slots;
    const hash = hashKey(this.#seed, this.probe, 0);
    let slot = hash & this.#mask;
    for (;;) {
      const tag = slots[slot * 2 + 1]!;
      if (tag === 0) break;
      if (slots[slot * 2] === hash && this.#sameKey(tag - 1)) return tag - 1;
      slot = (slot + 1) & this.#mask;
    }
    this.#foundSlot = slot;
    this.#foundHash = hash;
    return NO_FLOW;
  }

  /** Hash of the key that the last find did not find. */
  get missedHash(): number {
    return this.#foundHash;
  }

  /** Gives the key in `probe` to a flow. Right after a find that found nothing. */
  insert(flow: number): void {
    this.#slots[this.#foundSlot * 2] = this.#foundHash;
    this.#slots[this.#foundSlot * 2 + 1] = flow + 1;
    const at = flow * KEY_WORDS;
    for (let word = 0; word < KEY_WORDS; word++) this.#key[at + word] = this.probe[word]!;
  }

  /** Linear probing without tombstones: later entries of the run move up into the hole. `probe` stays as it is. */
  remove(flow: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = hashKey(this.#seed, this.#key, flow * KEY_WORDS) & mask;
    while (slots[hole * 2 + 1] !== flow + 1) hole = (hole + 1) & mask;
    let slot = hole;
    for (;;) {
      slot = (slot + 1) & mask;
      const tag = slots[slot * 2 + 1]!;
      if (tag === 0) break;
      const home = slots[slot * 2]! & mask;
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        slots[hole * 2] = slots[slot * 2]!;
        slots[hole * 2 + 1] = tag;
        hole = slot;
      }
    }
    slots[hole * 2 + 1] = 0;
  }

  /** Do the flow and `probe` have the same pair of addresses and the same protocol, whatever the ports? */
  sameAddresses(flow: number): boolean {
    const at = flow * KEY_WORDS;
    if (this.#key[at + KEY_META] !== this.probe[KEY_META]) return false;
    for (let word = 0; word < KEY_PORTS; word++) if (this.#key[at + word] !== this.probe[word]) return false;
    return true;
  }

  /** Hash of addresses, protocol and a fragment id: all that fragments of one datagram have in common. */
  hashAddresses(fragmentId: number): number {
    const probe = this.probe;
    let hash = mix(this.#seed, probe[KEY_META]! ^ fragmentId);
    for (let word = 0; word < KEY_PORTS; word++) hash = mix(hash, probe[word]! | 0);
    return finish(hash);
  }

  #sameKey(flow: number): boolean {
    const key = this.#key;
    const probe = this.probe;
    const at = flow * KEY_WORDS;
    return (
      key[at] === probe[0] &&
      key[at + 4] === probe[4] &&
      key[at + KEY_PORTS] === probe[KEY_PORTS] &&
      key[at + KEY_META] === probe[KEY_META] &&
      key[at + 3] === probe[3] &&
      key[at + 7] === probe[7] &&
      key[at + 2] === probe[2] &&
      key[at + 6] === probe[6] &&
      key[at + 1] === probe[1] &&
      key[at + 5] === probe[5]
    );
  }
}

/** Hash of the KEY_WORDS words at `at`. IPv4 keys have zeros in six of them, which are left out. */
function hashKey(seed: number, words: Uint32Array, at: number): number {
  const meta = words[at + KEY_META]!;
  let hash = mix(seed, words[at]! ^ meta);
  hash = mix(hash, words[at + 4]! | 0);
  hash = mix(hash, words[at + KEY_PORTS]! | 0);
  if ((meta & 0x0200) !== 0) {
    hash = mix(mix(mix(hash, words[at + 1]! | 0), words[at + 2]! | 0), words[at + 3]! | 0);
    hash = mix(mix(mix(hash, words[at + 5]! | 0), words[at + 6]! | 0), words[at + 7]! | 0);
  }
  return finish(hash);
}

/**
 * One round of MurmurHash3 (public domain): enough to spread, seeded so that it cannot be aimed. Numbers here are signed: unsigned ones
 * would be put on the heap wherever a call is not inlined.
 */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  const h = hash ^ Math.imul(k, 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
