// Frames that belong to no flow, by interface, what they are, and direction: ARP, LLDP, damaged ones, flows a full table refused.
// Owns: these sums since they were last taken. Must not know names. Bound: MAX_KINDS kinds between two takings; further ones are
// summed as EtherType 0 of their interface.
/** @hot */
import { MAX_INTERFACES } from '../kernel/limits.js';

/** EtherTypes are below; IP protocol n of a refused flow is REFUSED + n. */
export const REFUSED = 0x10000;
const CODES = 0x20000;
const MAX_KINDS = 2048;
/** Room for all kinds and for two directions of every interface, half empty. A power of two. */
const SLOTS = 8192;
const FREE = 0xffffffff;

/** `code`: an EtherType, or REFUSED + IP protocol. */
export type StrayVisitor = (interfaceId: number, code: number, isSent: boolean, packets: number, bytes: number) => void;

export class StrayFrames {
  readonly #keys = new Uint32Array(SLOTS).fill(FREE);
  readonly #packets = new Float64Array(SLOTS);
  readonly #bytes = new Float64Array(SLOTS);
  #kinds = 0;

  add(interfaceId: number, code: number, isSent: boolean, bytes: number): void {
    const side = isSent ? 1 : 0;
    const id = interfaceId < MAX_INTERFACES ? interfaceId : MAX_INTERFACES - 1;
    let slot = this.#slotOf((id * CODES + code) * 2 + side);
    if (this.#keys[slot] === FREE) {
      // Full: frames without a kind of their own. Their keys are few, and always find a slot.
      if (this.#kinds >= MAX_KINDS) slot = this.#slotOf(id * CODES * 2 + side);
      if (this.#keys[slot] === FREE) {
        this.#keys[slot] = (id * CODES + (this.#kinds >= MAX_KINDS ? 0 : code)) * 2 + side;
        this.#kinds += 1;
      }
    }
    this.#packets[slot] = this.#packets[slot]! + 1;
    this.#bytes[slot] = this.#bytes[slot]! + bytes;
  }

  /** Visits every sum that is not zero, and begins anew. */
  take(visit: StrayVisitor): void {
    if (this.#kinds === 0) return;
    this.#kinds = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      const key = this.#keys[slot]!;
      if (key === FREE) continue;
      const kind = Math.floor(key / 2);
      visit(Math.floor(kind / CODES), kind % CODES, key % 2 === 1, this.#packets[slot]!, this.#bytes[slot]!);
      this.#keys[slot] = FREE;
      this.#packets[slot] = 0;
      this.#bytes[slot] = 0;
    }
  }

  /** Where the key is, or the free slot where it would go. */
  #slotOf(key: number): number {
    let slot = Math.imul(key, 0x9e3779b1) >>> 19;
    while (this.#keys[slot] !== FREE && this.#keys[slot] !== key) slot = (slot + 1) & (SLOTS - 1);
    return slot;
  }
}
