// SopCast peer-to-peer television over UDP. Owns: the recognition. Source: observed messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';

const MIN_BYTES = 28;
const LAST_KIND = 0x0c;
const BASE_BYTES = 8;
const SHORT_LENGTH = 0x14;

/** Eight bytes of channel and version, a kind, ff or 1, the length of the rest, zeros: over 50 bits. */
function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  const there = p.end - start;
  if (there < MIN_BYTES) return NOT_MINE;
  const begin = u16(bytes, start);
  const version = bytes[start + 2];
  const kind = bytes[start + 8]!;
  const flag = bytes[start + 9];
  if ((begin !== 0xffff && begin > 0xff) || (version !== 1 && version !== 2)) return NOT_MINE;
  if (kind === 0 || kind > LAST_KIND || (flag !== 0xff && flag !== 1) || u16(bytes, start + 12) !== 0) return NOT_MINE;
  const length = u16(bytes, start + 10);
  const isAnnounce = length === SHORT_LENGTH && (there === 80 || there === 94);
  return length === there - BASE_BYTES || isAnnounce ? MATCH : NOT_MINE;
}

export const sopcastPlugin = defineProtocol('SopCast television', {
  name: 'sopcast',
  transports: ['udp'],
  ports: [3908, 3912],
  firstBytes: [0, 0xff],
  datagram: { minBytes: MIN_BYTES, at: 2, values: [1, 2] },
  application: 'SopCast',
  probe,
});
