// What protocols have said of their datagrams, as tables: made once, at start-up. Owns the layout: a bit for each form of a protocol, forms
// in the order in which plugins are listed. Bound: a bit a form for each length up to LONGEST_DATAGRAM and each first byte.
import type { ByteValues, DatagramShape, ProtocolSpec } from '../../api/protocol.js';

/** Longer ones are asked about like this one. */
export const LONGEST_DATAGRAM = 1500;
const VALUES = 256;
/** Words that have a bit for each value of a byte. */
export const MASK_WORDS = VALUES / 32;
const ANY_SHAPE: readonly DatagramShape[] = [{}];

export class DatagramTables {
  /** Those of protocol n are firstForm[n] to firstForm[n + 1]. */
  readonly firstForm: Uint16Array;
  readonly protocolOf: Uint16Array;
  /** Of a bit a form. */
  readonly words: number;
  /** By length, then by word: forms that may be so long. */
  readonly byLength: Int32Array;
  /** By first byte, then by word: forms that may begin so. */
  readonly byFirstByte: Int32Array;
  /** Other bytes that forms tell, those of form n from firstTold[n] on: which byte, and which of 256 values it may have. */
  readonly firstTold: Uint16Array;
  readonly toldAt: Uint16Array;
  readonly toldValues: Int32Array;
  /** Forms of those who are asked on every port. */
  readonly anyPort: Int32Array;

  /** Protocol n is `specs[n]`. */
  constructor(specs: readonly ProtocolSpec[]) {
    const forms = specs.map(formsOf);
    const count = forms.reduce((sum, list) => sum + list.length, 0);
    this.firstForm = new Uint16Array(specs.length + 1);
    this.protocolOf = new Uint16Array(count);
    this.words = (count + 31) >> 5;
    this.byLength = new Int32Array((LONGEST_DATAGRAM + 1) * this.words);
    this.byFirstByte = new Int32Array(VALUES * this.words);
    this.anyPort = new Int32Array(this.words);
    this.firstTold = new Uint16Array(count + 1);
    const told: ByteValues[] = [];
    let form = 0;
    for (const [id, spec] of specs.entries()) {
      this.firstForm[id] = form;
      for (const shape of forms[id]!) {
        this.protocolOf[form] = id;
        if (spec.isPortBound !== true) setBit(this.anyPort, 0, form);
        this.#setLengths(form, shape);
        this.#setFirstBytes(form, spec, shape);
        told.push(...bytesOf(shape).filter(({ at }) => (at ?? 0) > 0));
        form += 1;
        this.firstTold[form] = told.length;
      }
    }
    this.firstForm[specs.length] = form;
    this.toldAt = Uint16Array.from(told, ({ at }) => at ?? 0);
    this.toldValues = new Int32Array(told.length * MASK_WORDS);
    for (const [i, { values }] of told.entries())
      for (const value of values) setBit(this.toldValues, i * MASK_WORDS, value);
  }

  #setLengths(form: number, shape: DatagramShape): void {
    const longest = Math.min(shape.maxBytes ?? LONGEST_DATAGRAM, LONGEST_DATAGRAM);
    let least = Math.min(shape.minBytes ?? 0, LONGEST_DATAGRAM);
    for (const { at } of bytesOf(shape)) least = Math.max(least, Math.min((at ?? 0) + 1, LONGEST_DATAGRAM));
    for (let length = least; length <= longest; length++) setBit(this.byLength, length * this.words, form);
  }

  #setFirstBytes(form: number, { firstBytes }: ProtocolSpec, shape: DatagramShape): void {
    const told = bytesOf(shape).filter(({ at }) => (at ?? 0) === 0);
    if (firstBytes !== undefined) told.push({ values: firstBytes });
    for (let value = 0; value < VALUES; value++)
      if (told.every(({ values }) => values.includes(value))) setBit(this.byFirstByte, value * this.words, form);
  }
}

/** The forms of a protocol; who does not speak over UDP has none. */
function formsOf({ transports, datagram }: ProtocolSpec): readonly DatagramShape[] {
  if (!transports.includes('udp')) return [];
  if (datagram === undefined) return ANY_SHAPE;
  return Array.isArray(datagram) ? datagram : [datagram as DatagramShape];
}

function bytesOf({ at, values, and }: DatagramShape): ByteValues[] {
  const told = [...(and ?? [])];
  if (values !== undefined) told.push(at === undefined ? { values } : { at, values });
  return told;
}

function setBit(words: Int32Array, from: number, bit: number): void {
  const at = from + (bit >> 5);
  words[at] = words[at]! | (1 << (bit & 31));
}
