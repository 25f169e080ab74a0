// Addresses, networks and names that somebody put on a list. Owns: reading lines, looking up. Must not know: files. Bound: MAX_ENTRIES, what
// is beyond them is counted; IPv4 and IPv6 networks are ranges to search, names are a set.
import { isIP } from 'node:net';
import { plainName } from '../parts/registered-domain.js';

const MAX_ENTRIES = 1_000_000;
const COMMENT = /^[#;!]|^\/\//;

export class BlockBook {
  /** Lines that are no entry. */
  badLines = 0;
  /** Entries there was no room for. */
  refused = 0;
  readonly #names = new Set<string>();
  /** Pairs of first and last, each as text of equal length so that they compare as numbers would. */
  readonly #ranges: [string, string][] = [];
  #isSorted = true;

  get size(): number {
    return this.#names.size + this.#ranges.length;
  }

  /** Addresses, CIDR, names, hosts files ("0.0.0.0 name"), and "||name^" of filter lists; comments begin with #, ;, ! or //. */
  addText(text: string): void {
    for (const line of text.split(/\r?\n/)) {
      const entry = line.trim();
      if (entry === '' || COMMENT.test(entry)) continue;
      if (this.size >= MAX_ENTRIES) this.refused += 1;
      else if (!this.#add(entry)) this.badLines += 1;
    }
    this.#seal();
  }

  hasAddress(ip: string): boolean {
    const key = addressKeyText(ip);
    if (key === undefined) return false;
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ranges[middle]![0] <= key) low = middle + 1;
      else high = middle;
    }
    return low > 0 && this.#ranges[low - 1]![1] >= key;
  }

  /** The entry the name belongs to: itself, or a domain above it. */
  entryOfName(asked: string): string | undefined {
    if (this.#names.size === 0) return undefined;
    const name = plainName(asked);
    for (let at = 0; ; ) {
      const part = name.slice(at);
      if (this.#names.has(part)) return part;
      const dot = name.indexOf('.', at);
      if (dot < 0) return undefined;
      at = dot + 1;
    }
  }

  #add(entry: string): boolean {
    const words = entry
      .replace(/\s[#;].*$/, '')
      .trim()
      .split(/[\s,]+/);
    const isHosts = words.length > 1 && (words[0] === '0.0.0.0' || words[0] === '127.0.0.1' || words[0] === '::');
    const word = (isHosts ? words[1]! : words[0]!).replace(/^\|\|/, '').replace(/\^.*$/, '').replace(/^\*\./, '');
    const range = rangeOf(word);
    if (range !== undefined) {
      this.#ranges.push(range);
      this.#isSorted = false;
      return true;
    }
    const name = plainName(word);
    if (!/^(?=.{3,253}$)[a-z0-9_]([a-z0-9_-]*)(\.[a-z0-9_]([a-z0-9_-]*))+$/.test(name) || /^[\d.]+$/.test(name))
      return false;
    this.#names.add(name);
    return true;
  }

  /** In order, and those that touch the one before are part of it: then the last one that begins before an address decides. */
  #seal(): void {
    if (this.#isSorted) return;
    this.#ranges.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    let kept = 0;
    for (let i = 1; i < this.#ranges.length; i++) {
      const last = this.#ranges[kept]!;
      const range = this.#ranges[i]!;
      if (range[0] <= last[1]) last[1] = range[1] > last[1] ? range[1] : last[1];
      else this.#ranges[++kept] = range;
    }
    this.#ranges.length = Math.min(this.#ranges.length, kept + 1);
    this.#isSorted = true;
  }
}

function rangeOf(text: string): [string, string] | undefined {
  const slash = text.indexOf('/');
  const key = addressKeyText(slash < 0 ? text : text.slice(0, slash));
  if (key === undefined) return undefined;
  if (slash < 0) return [key, key];
  const bits = Number(text.slice(slash + 1));
  const most = (key.length - 1) * 4;
  if (!/^\d{1,3}$/.test(text.slice(slash + 1)) || bits > most || bits === 0) return undefined;
  const host = BigInt(most - bits);
  const first = (BigInt(`0x${key.slice(1)}`) >> host) << host;
  const last = first | ((1n << host) - 1n);
  const digits = key.length - 1;
  const hex = (value: bigint): string => `${key[0]}${value.toString(16).padStart(digits, '0')}`;
  return [hex(first), hex(last)];
}

/** "4c0000201" of 192.0.2.1: the version, then all digits, so that texts compare as addresses do. */
function addressKeyText(ip: string): string | undefined {
  const version = isIP(ip);
  if (version === 4)
    return `4${ip
      .split('.')
      .map((part) => Number(part).toString(16).padStart(2, '0'))
      .join('')}`;
  if (version !== 6) return undefined;
  if (ip.includes('.')) return ip.toLowerCase().startsWith('::ffff:') ? addressKeyText(ip.slice(7)) : undefined;
  const [head = '', tail] = ip.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = Math.max(0, 8 - left.length - right.length);
  return `6${[...left, ...Array<string>(missing).fill('0'), ...right].map((group) => group.padStart(4, '0')).join('')}`;
}
