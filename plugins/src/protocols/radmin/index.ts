// Radmin, a remote desktop (no published specification). Owns: its packet header and the first packets of both sides.
// A packet: 01, length, sum of the data, data; both numbers in 32 bits, big endian. Bound: one packet.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u24, u32 } from '@kaipo/core/wire/bytes.js';

const HEADER_BYTES = 9;
const MAX_FIRST_BYTES = 64;
const HELLO_KIND = 0x08;
const LATER_KIND = 0x27;

export const radminPlugin = defineProtocol('Radmin remote desktop', {
  name: 'radmin',
  transports: ['tcp'],
  ports: [4899],
  firstBytes: [0x01],
  application: 'Radmin',
  probe,
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] !== 1) return NOT_MINE;
  for (let at = start + 1; at < Math.min(end, start + 4); at++) if (bytes[at] !== 0) return NOT_MINE;
  if (end - start <= HEADER_BYTES) return UNSURE;
  const length = u32(bytes, start + 1);
  const kind = bytes[start + HEADER_BYTES]!;
  if (length === 0 || length > MAX_FIRST_BYTES || (kind !== HELLO_KIND && kind !== LATER_KIND)) return NOT_MINE;
  // Of one byte of data the sum is that byte; five bytes are a number and zeros.
  if (length === 1 && u32(bytes, start + 5) !== kind) return NOT_MINE;
  if (length > 1 && kind === LATER_KIND && (length !== 5 || bytes[start + 8] !== kind)) return NOT_MINE;
  const stop = start + HEADER_BYTES + length;
  if (stop > end) return UNSURE;
  if (stop === end) return MATCH;
  if (stop + 4 > end) return bytes[stop] === 1 ? UNSURE : NOT_MINE;
  // The next one, which is no longer.
  return bytes[stop] === 1 && u24(bytes, stop + 1) === 0 ? MATCH : NOT_MINE;
}
