// An IP address as one number, to compare and to look up by. Owns: the packing. IPv4 (also mapped into IPv6) is itself; IPv6 is a keyed
// mix of its four words into 52 bits, above all IPv4 ones: whoever chooses addresses cannot choose the number. 0 is any address.
import { randomBytes } from 'node:crypto';

const seed = randomBytes(8);
const SEED_1 = seed.readUInt32LE(0) | 1;
const SEED_2 = seed.readUInt32LE(4) | 1;

export function ipv4Key(view: DataView, at: number): number {
  return view.getUint32(at, false);
}

export function ipv6Key(view: DataView, at: number): number {
  return addressKeyOfWords(
    view.getUint32(at, false),
    view.getUint32(at + 4, false),
    view.getUint32(at + 8, false),
    view.getUint32(at + 12, false),
  );
}

/** Of the four words of an IPv6 address, each as a number below 2^32. */
export function addressKeyOfWords(a: number, b: number, c: number, d: number): number {
  if (a === 0 && b === 0) {
    if (c === 0xffff) return d;
    if (c === 0 && d === 0) return 0;
  }
  const low = mix(mix(mix(mix(SEED_1, a), b), c), d);
  const high = mix(mix(mix(mix(SEED_2, d), c), b), a);
  return ((high & 0xfffff) + 1) * 0x1_0000_0000 + (low >>> 0);
}

/** MurmurHash3's step for one word. */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  const mixed = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
  return Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
}

/** Canonical text, as `addressText` gives it; undefined when it is not an address. */
export function addressKey(text: string): number | undefined {
  if (!text.includes(':')) {
    const parts = text.split('.');
    if (parts.length !== 4) return undefined;
    return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
  }
  const words = ipv6Words(text);
  return words === undefined ? undefined : addressKeyOfWords(words[0]!, words[1]!, words[2]!, words[3]!);
}

function ipv6Words(text: string): number[] | undefined {
  const [head = '', tail] = text.split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const missing = 8 - left.length - right.length;
  if (missing < 0 || (tail === undefined && missing > 0)) return undefined;
  const groups = [...left, ...Array<number>(missing).fill(0), ...right];
  if (groups.some((group) => !(group >= 0 && group <= 0xffff))) return undefined;
  return [0, 2, 4, 6].map((i) => groups[i]! * 0x10000 + groups[i + 1]!);
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
