// Who made a network card: the registry of address blocks as columns over one buffer. Owns: the layout of that buffer and the search
// in it. Must not know: where the buffer comes from. Source: IEEE RA (MA-L 24 bits, MA-M 28, MA-S 36). Bound: the buffer.
//
//   u32 magic · u32 blocks of 24 bits · of 28 · of 36 · u32 names · u32 bytes of names                    (byte order of the machine)
//   f64 × blocks of 36 · u32 × blocks of 24 · u32 × blocks of 28 · u32 × (names + 1) offsets · u16 × all blocks: name · names, UTF-8
import { safeText } from '../kernel/safe-text.js';

/** What is said of addresses that a program made up (IEEE 802c: the locally administered bit). */
export const RANDOMISED = 'randomised';
export const MAC_VENDORS_MAGIC = 0x4b4d5631;
const HEADER_BYTES = 24;
const MAX_VENDOR = 64;
const LOCALLY_ADMINISTERED = 0x02;
const GROUP = 0x01;

export class MacVendors {
  readonly #blocks36: Float64Array;
  readonly #blocks24: Uint32Array;
  readonly #blocks28: Uint32Array;
  readonly #offsets: Uint32Array;
  readonly #names: Uint16Array;
  readonly #text: Uint8Array;

  /** @returns undefined when the bytes are not what the generator makes on this machine. */
  static over(bytes: Uint8Array): MacVendors | undefined {
    if (bytes.length < HEADER_BYTES) return undefined;
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const [magic, in24, in28, in36, names, text] = new Uint32Array(buffer, 0, 6) as unknown as number[];
    const blocks = in24! + in28! + in36!;
    const wanted = HEADER_BYTES + in36! * 8 + (in24! + in28! + names! + 1) * 4 + blocks * 2 + text!;
    if (magic !== MAC_VENDORS_MAGIC || wanted !== bytes.length) return undefined;
    return new MacVendors(buffer, in24!, in28!, in36!, names!);
  }

  private constructor(buffer: ArrayBuffer, in24: number, in28: number, in36: number, names: number) {
    let at = HEADER_BYTES;
    this.#blocks36 = new Float64Array(buffer, at, in36);
    at += in36 * 8;
    this.#blocks24 = new Uint32Array(buffer, at, in24);
    at += in24 * 4;
    this.#blocks28 = new Uint32Array(buffer, at, in28);
    at += in28 * 4;
    this.#offsets = new Uint32Array(buffer, at, names + 1);
    at += (names + 1) * 4;
    const blocks = in24 + in28 + in36;
    this.#names = new Uint16Array(buffer, at, blocks);
    this.#text = new Uint8Array(buffer, at + blocks * 2);
  }

  /**
   * Of the smallest block the address is in. `RANDOMISED` for locally administered addresses of nobody; undefined for group
   * addresses and unknown blocks.
   * @param mac six bytes, or text like "00:1a:2b:3c:4d:5e", "00-1A-…", "001a.2b3c.4d5e".
   */
  vendorOf(mac: Uint8Array | string): string | undefined {
    const bytes = typeof mac === 'string' ? macBytes(mac) : mac;
    if (bytes === undefined || bytes.length !== 6 || (bytes[0]! & GROUP) !== 0) return undefined;
    const oui = bytes[0]! * 0x10000 + bytes[1]! * 0x100 + bytes[2]!;
    const of28 = oui * 16 + (bytes[3]! >> 4);
    const of36 = of28 * 256 + (bytes[3]! & 15) * 16 + (bytes[4]! >> 4);
    const in24 = this.#blocks24.length;
    const at36 = indexOf(this.#blocks36, of36);
    if (at36 >= 0) return this.#name(in24 + this.#blocks28.length + at36);
    const at28 = indexOf(this.#blocks28, of28);
    if (at28 >= 0) return this.#name(in24 + at28);
    const at24 = indexOf(this.#blocks24, oui);
    if (at24 >= 0) return this.#name(at24);
    return (bytes[0]! & LOCALLY_ADMINISTERED) !== 0 ? RANDOMISED : undefined;
  }

  #name(block: number): string {
    const name = this.#names[block]!;
    const text = new TextDecoder().decode(this.#text.subarray(this.#offsets[name], this.#offsets[name + 1]));
    return safeText(text, MAX_VENDOR);
  }
}

function macBytes(text: string): Uint8Array | undefined {
  const digits = text.length <= 17 ? text.replace(/[:.-]/g, '') : '';
  return /^[0-9a-fA-F]{12}$/.test(digits)
    ? Uint8Array.from({ length: 6 }, (_, index) => Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16))
    : undefined;
}

/** Where `value` is in an ascending column, or -1. */
function indexOf(column: Float64Array | Uint32Array, value: number): number {
  let low = 0;
  let high = column.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const there = column[middle]!;
    if (there === value) return middle;
    if (there < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
