// Numbers pairs of (id, tag) in the order they come: open addressing over typed arrays. Owns the table, made once and used again.
// Bound: grows with what it is given; `begin` starts small again.

const LEAST_SLOTS = 64;

export class RowIndex {
  /** Number + 1 of the pair in a slot; 0 is free. */
  #slots = new Int32Array(LEAST_SLOTS);
  #mask = LEAST_SLOTS - 1;
  #ids = new Uint32Array(LEAST_SLOTS);
  #tags = new Uint32Array(LEAST_SLOTS);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  begin(expected: number): void {
    let slots = LEAST_SLOTS;
    while (slots < expected * 2) slots *= 2;
    if (slots > this.#slots.length) this.#slots = new Int32Array(slots);
    else this.#slots.fill(0, 0, slots);
    this.#mask = slots - 1;
    this.#length = 0;
  }

  indexOf(id: number, tag: number): number {
    let slot = hash(id, tag) & this.#mask;
    for (;;) {
      const held = this.#slots[slot]!;
      if (held === 0) return this.#insert(slot, id, tag);
      if (this.#ids[held - 1] === id && this.#tags[held - 1] === tag) return held - 1;
      slot = (slot + 1) & this.#mask;
    }
  }

  copyCodes(ids: Uint32Array, tags: Uint32Array, idAt = 0, tagAt = 0): void {
    for (let index = 0; index < this.#length; index++) {
      ids[idAt + index] = this.#ids[index]!;
      tags[tagAt + index] = this.#tags[index]!;
    }
  }

  #insert(slot: number, id: number, tag: number): number {
    const index = this.#length++;
    if (index >= this.#ids.length) {
      this.#ids = doubled(this.#ids);
      this.#tags = doubled(this.#tags);
    }
    this.#ids[index] = id;
    this.#tags[index] = tag;
    this.#slots[slot] = index + 1;
    if (this.#length * 2 > this.#mask + 1) this.#grow();
    return index;
  }

  #grow(): void {
    const slots = (this.#mask + 1) * 2;
    if (slots > this.#slots.length) this.#slots = new Int32Array(slots);
    else this.#slots.fill(0, 0, slots);
    this.#mask = slots - 1;
    for (let index = 0; index < this.#length; index++) {
      let slot = hash(this.#ids[index]!, this.#tags[index]!) & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = index + 1;
    }
  }
}

function hash(id: number, tag: number): number {
  const mixed = Math.imul(id, 0x9e3779b1) ^ Math.imul(tag, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function doubled(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(array.length * 2);
  grown.set(array);
  return grown;
}
