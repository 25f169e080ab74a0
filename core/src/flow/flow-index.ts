// From a flow's key to its number. Owns: the hash table. Must not know time, sums or packets.
// Bound: at least twice as many slots as flows, so never more than four times the capacity of the flow table; it grows with the flows,
// so that few flows keep to the nearest caches.
//
// Open addressing with linear probing; a slot is one word, flow + 1 and the upper bits of the hash over it, so that only one miss in 256
// touches a key. The hash is seeded: nobody outside can choose addresses that collide.
/** @hot */
import { type FlowColumns, KEY_ADDRESS, KEY_META, KEY_PORTS, KEY_WORDS, REST_WORDS } from './flow-columns.js';
import { ROW_WORDS, ROWS_AHEAD, type RowKeys } from './row-keys.js';

const MIN_SLOTS = 1024;
/** Bits of a slot with the flow + 1, of which a flow table has at most half as many (memory-limits.ts); those above are of the hash. */
const FLOW_BITS = 0xff_ffff;
const HASH_BITS = ~FLOW_BITS;
/** No flow, as a small number: NO_FLOW would have to be a floating-point one here. */
export const NONE = -1;

export class FlowIndex {
  readonly #keys: RowKeys;
  readonly #key: Int32Array;
  readonly #rest: Int32Array;
  /** By flow: the hash of its key. */
  readonly #hashes: Int32Array;
  readonly #ahead = new Int32Array(ROWS_AHEAD);
  #slots = new Int32Array(MIN_SLOTS);
  #mask = MIN_SLOTS - 1;
  #flows = 0;
  #foundSlot = 0;
  /** What was read ahead, in a form that nobody can leave out. */
  aheadSum = 0;

  /** Finds the keys of `keys` in `columns`. */
  constructor(columns: FlowColumns, keys: RowKeys) {
    this.#keys = keys;
    this.#key = new Int32Array(columns.key.buffer, columns.key.byteOffset, columns.key.length);
    this.#rest = new Int32Array(columns.keyRest.buffer, columns.keyRest.byteOffset, columns.keyRest.length);
    this.#hashes = new Int32Array(columns.capacity);
  }

  /** Asks memory for the slots and rows that `count` keys will most likely need, all at once. */
  readAhead(count: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    const { hashes } = this.#keys;
    const ahead = this.#ahead;
    for (let index = 0; index < count; index++) ahead[index] = slots[hashes[index]! & mask]! & FLOW_BITS;
    const key = this.#key;
    let sum = 0;
    for (let index = 0; index < count; index++) {
      const link = ahead[index]!;
      if (link !== 0) sum ^= key[(link - 1) * KEY_WORDS]!;
    }
    this.aheadSum = sum;
  }

  /** The flow with the key `index`, or NONE: then `insert` puts one there. */
  find(index: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    const hash = this.#keys.hashes[index]!;
    let slot = hash & mask;
    for (;;) {
      const tag = slots[slot]!;
      if (tag === 0) break;
      if (((tag ^ hash) & HASH_BITS) === 0 && this.#isKey((tag & FLOW_BITS) - 1, index)) return (tag & FLOW_BITS) - 1;
      slot = (slot + 1) & mask;
    }
    this.#foundSlot = slot;
    return NONE;
  }

  /** Gives the key `index` to a flow. Right after a find that found nothing. */
  insert(flow: number, index: number): void {
    const keys = this.#keys;
    const hash = keys.hashes[index]!;
    this.#slots[this.#foundSlot] = (hash & HASH_BITS) | (flow + 1);
    this.#hashes[flow] = hash;
    for (let word = 0; word < ROW_WORDS; word++)
      this.#key[flow * KEY_WORDS + word] = keys.words[index * ROW_WORDS + word]!;
    if (keys.isV6(index)) {
      for (let word = 0; word < REST_WORDS; word++)
        this.#rest[flow * REST_WORDS + word] = keys.rest[index * REST_WORDS + word]!;
    }
    this.#flows += 1;
    if (this.#flows * 2 > this.#mask) this.#grow();
  }

  /** Linear probing without tombstones: later entries of the run move up into the hole. */
  remove(flow: number): void {
    const slots = this.#slots;
    const hashes = this.#hashes;
    const mask = this.#mask;
    let hole = hashes[flow]! & mask;
    while ((slots[hole]! & FLOW_BITS) !== flow + 1) hole = (hole + 1) & mask;
    let slot = hole;
    for (;;) {
      slot = (slot + 1) & mask;
      const tag = slots[slot]!;
      if (tag === 0) break;
      const home = hashes[(tag & FLOW_BITS) - 1]! & mask;
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        slots[hole] = tag;
        hole = slot;
      }
    }
    slots[hole] = 0;
    this.#flows -= 1;
  }

  /** Do the flow and the key have the same pair of addresses and the same protocol, whatever the ports? */
  sameAddresses(flow: number, index: number): boolean {
    const { words } = this.#keys;
    const at = flow * KEY_WORDS;
    const from = index * ROW_WORDS;
    return (
      this.#key[at + KEY_META] === words[from + KEY_META] &&
      this.#key[at + KEY_ADDRESS] === words[from + KEY_ADDRESS] &&
      this.#key[at + KEY_ADDRESS + 1] === words[from + KEY_ADDRESS + 1] &&
      (!this.#keys.isV6(index) || this.#isRest(flow, index))
    );
  }

  #isKey(flow: number, index: number): boolean {
    const at = flow * KEY_WORDS + KEY_PORTS;
    return this.#key[at] === this.#keys.words[index * ROW_WORDS + KEY_PORTS] && this.sameAddresses(flow, index);
  }

  #isRest(flow: number, index: number): boolean {
    const { rest } = this.#keys;
    for (let word = 0; word < REST_WORDS; word++) {
      if (this.#rest[flow * REST_WORDS + word] !== rest[index * REST_WORDS + word]) return false;
    }
    return true;
  }

  /** Twice as many slots. */
  #grow(): void {
    const old = this.#slots;
    const hashes = this.#hashes;
    const slots = new Int32Array(old.length * 2);
    const mask = slots.length - 1;
    for (let from = 0; from < old.length; from++) {
      const tag = old[from]!;
      if (tag === 0) continue;
      let slot = hashes[(tag & FLOW_BITS) - 1]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = tag;
    }
    this.#slots = slots;
    this.#mask = mask;
  }
}
