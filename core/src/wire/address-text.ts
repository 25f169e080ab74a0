// Addresses as text, for people: never called per packet.
import { i32 } from './bytes.js';

const OCTETS: readonly string[] = Array.from({ length: 256 }, (_, octet) => String(octet));
/** The third word of an IPv4 address in IPv6. */
const MAPPED = 0xffff;
const groups = new Uint16Array(8);

/** Four or sixteen bytes at `at` as canonical text (RFC 5952 for IPv6; IPv4-mapped stays IPv6). */
export function addressText(bytes: Uint8Array, at: number, version: number): string {
  return version === 4 ? ipv4Text(bytes, at) : ipv6Text(bytes, at);
}

export function ipv4Text(bytes: Uint8Array, at: number): string {
  return ipv4WordText(i32(bytes, at));
}

export function ipv6Text(bytes: Uint8Array, at: number): string {
  return ipv6WordsText(i32(bytes, at), i32(bytes, at + 4), i32(bytes, at + 8), i32(bytes, at + 12));
}

/** The same of an address as one word, of any sign. */
export const ipv4WordText = (word: number): string =>
  `${OCTETS[word >>> 24]!}.${OCTETS[(word >>> 16) & 0xff]!}.${OCTETS[(word >>> 8) & 0xff]!}.${OCTETS[word & 0xff]!}`;

/** The same of an address as four words, of any sign. */
export function ipv6WordsText(w0: number, w1: number, w2: number, w3: number): string {
  if (w0 === 0 && w1 === 0 && w2 === MAPPED) return `::ffff:${ipv4WordText(w3)}`;
  groups[0] = w0 >>> 16;
  groups[1] = w0;
  groups[2] = w1 >>> 16;
  groups[3] = w1;
  groups[4] = w2 >>> 16;
  groups[5] = w2;
  groups[6] = w3 >>> 16;
  groups[7] = w3;
  let best = 0;
  let bestStart = -1;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && groups[i + run] === 0) run++;
    if (run > best && run > 1) {
      best = run;
      bestStart = i;
    }
    if (run > 0) i += run - 1;
  }
  return bestStart < 0 ? hexGroups(0, 8) : `${hexGroups(0, bestStart)}::${hexGroups(bestStart + best, 8)}`;
}

function hexGroups(start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) text += i === start ? groups[i]!.toString(16) : `:${groups[i]!.toString(16)}`;
  return text;
}

/** Six bytes as "00:1a:2b:3c:4d:5e". */
export function macText(bytes: Uint8Array, at: number): string {
  const parts: string[] = [];
  for (let i = 0; i < 6; i++) parts.push(bytes[at + i]!.toString(16).padStart(2, '0'));
  return parts.join(':');
}
