// Who is asked about a datagram, and in which order: those whose ports fit, then the others, as far as what they have said of their
// datagrams agrees with this one. Everybody is a bit: length and first byte leave out thirty-two at a time, other bytes one by one.
// Owns: who is left. Must not know flows. Bound: a bit a form of a protocol; the tables are those of datagram-tables.ts.
/** @hot */
import type { ProtocolSpec } from '../../api/protocol.js';
import { DatagramTables, LONGEST_DATAGRAM, MASK_WORDS } from './datagram-tables.js';
import { type ProtocolLists, protocolLists } from './protocol-lists.js';

const NOBODY: Uint16Array = new Uint16Array(0);

export class DatagramShapes {
  readonly #tables: DatagramTables;
  readonly #ports: ProtocolLists;
  readonly #words: number;
  readonly #byLength: Int32Array;
  readonly #byFirstByte: Int32Array;
  readonly #anyPort: Int32Array;
  /** Forms that are left to be asked about: those of the protocols in these lists from `#at` on, then those from `#word` on. */
  readonly #left: Int32Array;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #list: Uint16Array = NOBODY;
  #second: Uint16Array = NOBODY;
  #at = 0;
  #word = 0;

  /** Protocol n is `specs[n]`. */
  constructor(specs: readonly ProtocolSpec[]) {
    this.#tables = new DatagramTables(specs);
    this.#ports = protocolLists(specs, 'udp');
    this.#words = this.#tables.words;
    this.#byLength = this.#tables.byLength;
    this.#byFirstByte = this.#tables.byFirstByte;
    this.#anyPort = this.#tables.anyPort;
    this.#left = new Int32Array(this.#words);
  }

  /** A new question about bytes[start, end), which has a first byte: `next` gives whoever is to be asked, each once, in order. */
  begin(portA: number, portB: number, bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    const lengths = Math.min(end - start, LONGEST_DATAGRAM) * this.#words;
    const firsts = bytes[start]! * this.#words;
    for (let word = 0; word < this.#words; word++)
      this.#left[word] = this.#byLength[lengths + word]! & this.#byFirstByte[firsts + word]!;
    this.#list = this.#named(portB);
    this.#second = this.#named(portA);
    this.#at = 0;
    this.#word = 0;
  }

  #named(port: number): Uint16Array {
    return this.#ports.isNamed[port] === 1 ? (this.#ports.byPort.get(port) ?? NOBODY) : NOBODY;
  }

  /** -1: nobody is left. */
  next(): number {
    for (; this.#at < this.#list.length || this.#second.length > 0; ) {
      while (this.#at < this.#list.length) {
        const id = this.#list[this.#at++]!;
        if (this.#take(id)) return id;
      }
      this.#list = this.#second;
      this.#second = NOBODY;
      this.#at = 0;
    }
    while (this.#word < this.#words) {
      const bits = this.#left[this.#word]! & this.#anyPort[this.#word]!;
      if (bits === 0) {
        this.#word += 1;
        continue;
      }
      const id = this.#tables.protocolOf[this.#word * 32 + 31 - Math.clz32(bits & -bits)]!;
      if (this.#take(id)) return id;
    }
    return -1;
  }

  /** Takes out all forms of a protocol. @returns was any of them left, and does the datagram fit it? */
  #take(id: number): boolean {
    const { firstForm } = this.#tables;
    let fits = false;
    for (let form = firstForm[id]!; form < firstForm[id + 1]!; form++) {
      const bits = this.#left[form >> 5]!;
      const bit = 1 << (form & 31);
      if ((bits & bit) === 0) continue;
      this.#left[form >> 5] = bits & ~bit;
      if (!fits) fits = this.#fits(form);
    }
    return fits;
  }

  #fits(form: number): boolean {
    const { firstTold, toldAt, toldValues } = this.#tables;
    for (let i = firstTold[form]!; i < firstTold[form + 1]!; i++) {
      const value = this.#bytes[this.#start + toldAt[i]!]!;
      if (((toldValues[i * MASK_WORDS + (value >> 5)]! >>> (value & 31)) & 1) === 0) return false;
    }
    return true;
  }
}
