// A domain name as labels with their lengths, without compression, as DHCP carries it (RFC 1035 section 3.1).
// Bound: reads inside [at, end), at most 255 bytes.
import { latin1Text } from './match.js';

const MAX_NAME = 255;

/** The labels in [at, end) joined by dots; a partial name (RFC 4702: without the empty label at its end) is one too. */
export function labelsText(bytes: Uint8Array, at: number, end: number): string {
  const stop = Math.min(end, at + MAX_NAME);
  const labels: string[] = [];
  let next = at;
  while (next < stop && bytes[next] !== 0) {
    const length = bytes[next]!;
    if (length > 63 || next + 1 + length > stop) return '';
    labels.push(latin1Text(bytes, next + 1, next + 1 + length));
    next += 1 + length;
  }
  return labels.join('.');
}
