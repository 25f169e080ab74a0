// Names and addresses as pseudonyms: the same for the same name wherever the same key is used, and no way back without it
// (HMAC-SHA256). Owns what a pseudonym looks like, and what of an address may be told: whether it is of this host, of local networks or
// beyond. Must not know where texts come from. Bound: MAX_KNOWN texts are remembered, to find them again in free text.
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import type { Zone } from '@kaipo/core/kernel/traffic-words.js';
import { TrafficZones } from '@kaipo/core/query/traffic-zone.js';

/** Hex digits of a pseudonym: of ten thousand names, one pair in a hundred such reports shares one. */
const DIGITS = 8;
const MAX_KNOWN = 65_536;
const ADDRESS_WORDS: Readonly<Record<Zone, string>> = { host: 'local', lan: 'lan', internet: 'ip' };
/** Words of protocols, not of people: what no analyzer of ours is called is hidden as well. */
const PROTOCOL_WORD = /^[a-z0-9][a-z0-9+/_-]{0,23}$/;

export type PseudonymKind =
  | 'app'
  | 'path'
  | 'user'
  | 'unit'
  | 'container'
  | 'if'
  | 'protocol'
  | 'device'
  | 'cap'
  | 'host'
  | 'address';

export class Redactor {
  readonly #key: Uint8Array;
  readonly #zones = new TrafficZones();
  /** Pseudonyms given, by what they stand for. */
  readonly #known = new Map<string, string>();

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** `app-3f2a91c0` */
  name(kind: Exclude<PseudonymKind, 'host' | 'address'>, text: string): string {
    return this.#remembered(text, `${kind}-${this.#digest(kind, text)}`);
  }

  /** `host-9c1d44e0.example` (RFC 2606), `ip-…`, `lan-…` or `local-…`. */
  host(text: string): string {
    const bare = text.replace(/%.*$/, '');
    if (isIP(bare) !== 0) {
      return this.#remembered(text, `${ADDRESS_WORDS[this.#zones.zoneOf(bare)]}-${this.#digest('address', bare)}`);
    }
    const name = text.toLowerCase().replace(/\.$/, '');
    return this.#remembered(text, `host-${this.#digest('host', name)}.example`);
  }

  /** Protocols are words of standards and tell of nobody; anything else is hidden. */
  protocol(text: string): string {
    return PROTOCOL_WORD.test(text) ? text : this.name('protocol', text);
  }

  /** Free text of a person: words in it that were hidden elsewhere are hidden here too. */
  freeText(text: string): string {
    return text
      .split(/([\s,;()"'“”]+)/)
      .map((word) => this.#known.get(word) ?? this.#known.get(word.toLowerCase()) ?? word)
      .join('');
  }

  #digest(kind: PseudonymKind, text: string): string {
    return createHmac('sha256', this.#key).update(`${kind}\0${text}`).digest('hex').slice(0, DIGITS);
  }

  #remembered(text: string, pseudonym: string): string {
    if (this.#known.size < MAX_KNOWN) this.#known.set(text, pseudonym);
    return pseudonym;
  }
}
