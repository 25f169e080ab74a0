// Texts of the addresses of flows, of those met lately: the same few write most flows of a network, and a text that is kept has its
// hash with it for every table that is asked next. Owns: these texts. Bound: SLOTS texts, each in the one place its hash names.
import { ipv4WordText, ipv6WordsText } from '../wire/address-text.js';
import { type FlowColumns, flowAddressWord } from './flow-columns.js';
import { flowIpVersion } from './flow-text.js';

/** A power of two. */
const SLOTS = 16_384;

export class AddressTexts {
  readonly #words = new Int32Array(SLOTS * 4);
  readonly #texts: string[] = new Array<string>(SLOTS).fill('');
  readonly #versions = new Uint8Array(SLOTS);

  /** As flowAddressText. */
  of(columns: FlowColumns, flow: number, side: number): string {
    const version = flowIpVersion(columns, flow);
    const isV6 = version !== 4;
    const w0 = flowAddressWord(columns, flow, side, 0);
    const w1 = isV6 ? flowAddressWord(columns, flow, side, 1) : 0;
    const w2 = isV6 ? flowAddressWord(columns, flow, side, 2) : 0;
    const w3 = isV6 ? flowAddressWord(columns, flow, side, 3) : 0;
    const slot = slotOf(w0, w1, w2, w3);
    const words = this.#words;
    const kept = slot * 4;
    if (
      this.#versions[slot] === version &&
      words[kept] === w0 &&
      words[kept + 1] === w1 &&
      words[kept + 2] === w2 &&
      words[kept + 3] === w3
    )
      return this.#texts[slot]!;
    const text = version === 4 ? ipv4WordText(w0) : ipv6WordsText(w0, w1, w2, w3);
    words[kept] = w0;
    words[kept + 1] = w1;
    words[kept + 2] = w2;
    words[kept + 3] = w3;
    this.#versions[slot] = version;
    this.#texts[slot] = text;
    return text;
  }
}

function slotOf(w0: number, w1: number, w2: number, w3: number): number {
  let hash =
    Math.imul(w0, 0x9e3779b1) ^ Math.imul(w1, 0x85ebca6b) ^ Math.imul(w2, 0xc2b2ae35) ^ Math.imul(w3, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) & (SLOTS - 1);
}
