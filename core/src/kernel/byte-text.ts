// Text as bytes, built piece by piece in one buffer: for output of which there is much, where a string for each piece, and one for each
// line, would cost more than the bytes. Owns: the buffer, and how JSON writes texts and numbers, sign for sign as JSON.stringify does.
// Must not know where it goes. Bound: CAPACITY bytes before they are handed on; a longer text goes by itself. MAX_MEMBERS names.

const CAPACITY = 256 * 1024;
/** The longest number of JavaScript has 24 signs. */
const NUMBER_ROOM = 32;
/** Bytes of UTF-8 for one UTF-16 code unit, at most. */
const UNIT_BYTES = 3;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const DOT = 0x2e;
const ZERO = 0x30;
/** Below are seconds whose microseconds are at least as far apart as doubles are: the shortest text of the quotient is the decimal. */
const PLAIN_SECONDS_US = 2 ** 31 * 1e6;
const MICRO_DIGITS = 6;
const HEX = Buffer.from('0123456789abcdef');

/** Words of our own that are written often, eight bytes at once: what is too much of the last eight is written over. */
export interface Word {
  readonly length: number;
  readonly eights: Float64Array;
}

/** ASCII only: eight such bytes are never a NaN, which has more forms than one. */
export function ascii(text: string): Word {
  const bytes = Buffer.alloc((text.length + 7) & ~7);
  bytes.write(text, 'latin1');
  return {
    length: text.length,
    eights: Float64Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(i * 8)),
  };
}

/** Members of objects are called the same again and again: `,"name":` as one word. Bound: MAX_MEMBERS; the others are written as texts. */
const MAX_MEMBERS = 256;
const MEMBERS = new Map<string, Word>();

function memberWord(name: string): Word | undefined {
  if (MEMBERS.size >= MAX_MEMBERS || !/^\w{1,32}$/.test(name)) return undefined;
  const word = ascii(`,"${name}":`);
  MEMBERS.set(name, word);
  return word;
}

const NULL = ascii('null');
const TRUE = ascii('true');
const FALSE = ascii('false');
const OPEN_LIST = ascii('[');
const CLOSE_LIST = ascii(']');
const OPEN_OBJECT = ascii('{');
const CLOSE_OBJECT = ascii('}');

export class ByteText {
  readonly bytes: Buffer = Buffer.allocUnsafeSlow(CAPACITY);
  readonly #view = new DataView(this.bytes.buffer);
  readonly #handOn: (bytes: Uint8Array) => void;
  #at = 0;

  /** `handOn` takes what is written; the bytes are its own until it returns. */
  constructor(handOn: (bytes: Uint8Array) => void) {
    this.#handOn = handOn;
  }

  /** Bytes that wait to be handed on. */
  get length(): number {
    return this.#at;
  }

  flush(): void {
    if (this.#at === 0) return;
    const bytes = this.bytes.subarray(0, this.#at);
    this.#at = 0;
    this.#handOn(bytes);
  }

  /** Forgets what was not handed on. */
  clear(): void {
    this.#at = 0;
  }

  /** Any text, as UTF-8. */
  text(text: string): void {
    if (text.length * UNIT_BYTES > CAPACITY) {
      this.flush();
      this.#handOn(Buffer.from(text));
      return;
    }
    this.#makeRoom(text.length * UNIT_BYTES);
    this.#at += this.bytes.write(text, this.#at);
  }

  /** What `ascii` has made. */
  word({ length, eights }: Word): void {
    this.#makeRoom(length + 7);
    const view = this.#view;
    const at = this.#at;
    for (let i = 0; i < eights.length; i++) view.setFloat64(at + i * 8, eights[i]!, true);
    this.#at = at + length;
  }

  /** `length` bytes of ASCII that begin at `from` of `eights`, eight at once. */
  eights(eights: Float64Array, from: number, length: number): void {
    const count = (length + 7) >> 3;
    this.#makeRoom(count * 8);
    const view = this.#view;
    const at = this.#at;
    for (let i = 0; i < count; i++) view.setFloat64(at + i * 8, eights[from + i]!, true);
    this.#at = at + length;
  }

  /** Room for so many bytes that the caller writes at this place of `bytes`, before anything else is written. */
  room(length: number): number {
    this.#makeRoom(length);
    const at = this.#at;
    this.#at = at + length;
    return at;
  }

  /** ASCII of ours that needs no quotes: addresses, names of protocols. */
  plain(text: string): void {
    const { length } = text;
    this.#makeRoom(length);
    const bytes = this.bytes;
    const at = this.#at;
    for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i);
    this.#at = at + length;
  }

  /** A text as JSON writes it. */
  quoted(text: string): void {
    const { length } = text;
    if (length > CAPACITY - 2) {
      this.text(JSON.stringify(text));
      return;
    }
    this.#makeRoom(length + 2);
    const bytes = this.bytes;
    let at = this.#at;
    bytes[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) {
        this.text(JSON.stringify(text));
        return;
      }
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    this.#at = at;
  }

  /** A number as JSON writes it. */
  number(value: number): void {
    // Also false for the other zero, which is written like the first.
    if (value >= 0 && value <= 0x7fff_ffff && (value | 0) === value) {
      this.#makeRoom(NUMBER_ROOM);
      this.#digits(value, digitsOf(value));
    } else if (Number.isFinite(value)) this.plain(String(value));
    else this.word(NULL);
  }

  /** Microseconds as seconds, as JSON writes the quotient. */
  seconds(us: number): void {
    const rounded = Number.isFinite(us) ? Math.round(us) : 0;
    if (!(rounded >= 0 && rounded < PLAIN_SECONDS_US)) {
      this.number(rounded / 1e6);
      return;
    }
    this.#makeRoom(NUMBER_ROOM);
    const whole = Math.floor(rounded / 1e6);
    this.#digits(whole, digitsOf(whole));
    let rest = rounded - whole * 1e6;
    if (rest === 0) return;
    let digits = MICRO_DIGITS;
    for (; rest % 10 === 0; digits--) rest /= 10;
    this.bytes[this.#at++] = DOT;
    this.#digits(rest, digits);
  }

  /** A word of 32 bits as eight digits. */
  hex32(word: number): void {
    this.#makeRoom(8);
    for (let shift = 28; shift >= 0; shift -= 4) this.bytes[this.#at++] = HEX[(word >>> shift) & 0xf]!;
  }

  /** What JSON.stringify writes of plain values: texts, numbers, flags, lists and objects of them. */
  json(value: unknown): void {
    if (typeof value === 'string') this.quoted(value);
    else if (typeof value === 'number') this.number(value);
    else if (typeof value === 'boolean') this.word(value ? TRUE : FALSE);
    else if (Array.isArray(value)) this.#list(value);
    else if (typeof value === 'object' && value !== null) this.#object(value as Readonly<Record<string, unknown>>);
    else this.word(NULL);
  }

  /** One member of an object that is not the first; nothing for an absent value. */
  member(name: string, value: unknown): void {
    if (value === undefined) return;
    this.#memberName(name);
    this.json(value);
  }

  /** With the comma before and the colon behind it. */
  #memberName(name: string): void {
    const word = MEMBERS.get(name) ?? memberWord(name);
    if (word !== undefined) {
      this.word(word);
      return;
    }
    this.#sign(COMMA);
    this.quoted(name);
    this.#sign(COLON);
  }

  #list(values: readonly unknown[]): void {
    this.word(OPEN_LIST);
    for (let i = 0; i < values.length; i++) {
      if (i > 0) this.#sign(COMMA);
      this.json(values[i]);
    }
    this.word(CLOSE_LIST);
  }

  #object(fields: Readonly<Record<string, unknown>>): void {
    this.word(OPEN_OBJECT);
    let isFirst = true;
    for (const name in fields) {
      const value = fields[name];
      if (value === undefined) continue;
      if (isFirst) {
        this.quoted(name);
        this.#sign(COLON);
      } else this.#memberName(name);
      isFirst = false;
      this.json(value);
    }
    this.word(CLOSE_OBJECT);
  }

  #sign(code: number): void {
    this.#makeRoom(1);
    this.bytes[this.#at++] = code;
  }

  /** Of a number below 2^31. */
  #digits(value: number, count: number): void {
    const bytes = this.bytes;
    let rest = value | 0;
    for (let at = this.#at + count - 1; at >= this.#at; at--) {
      const tens = (rest / 10) | 0;
      bytes[at] = ZERO + rest - tens * 10;
      rest = tens;
    }
    this.#at += count;
  }

  #makeRoom(bytes: number): void {
    if (this.#at + bytes > CAPACITY) this.flush();
  }
}

function digitsOf(value: number): number {
  let count = 1;
  for (let bound = 10; value >= bound && count < 10; bound *= 10) count++;
  return count;
}
