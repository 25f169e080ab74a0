// AYIYA (draft-massar-v6ops-ayiya-02), what the decoder leaves of it: packets without a packet inside. Owns: the recognition.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

/** Identity of 16 bytes, an integer; signature of 20 bytes, SHA-1; shared secret. */
const HEAD = 0x4452;
const HEADER_BYTES = 8;
const SIGNED_BYTES = HEADER_BYTES + 16 + 20;
const NO_NEXT = 59;
const IPV6 = 41;
const YEAR_2005 = 1_104_537_600;
const DAY_SECONDS = 86_400;

/** Two fixed bytes, method and operation, what follows, and a time that is about now. */
function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  if (p.end - start < SIGNED_BYTES || ((bytes[start]! << 8) | bytes[start + 1]!) !== HEAD) return NOT_MINE;
  const operation = bytes[start + 2]! & 0x0f;
  const next = bytes[start + 3]!;
  if (bytes[start + 2]! >> 4 !== 1 || operation > 6 || (next !== NO_NEXT && next !== IPV6)) return NOT_MINE;
  const seconds = u32(bytes, start + 4);
  return seconds > YEAR_2005 && Math.abs(p.tsUs / 1e6 - seconds) < DAY_SECONDS ? MATCH : NOT_MINE;
}

export const ayiyaPlugin = defineProtocol('IPv6 in signed UDP packets (AYIYA)', {
  name: 'ayiya',
  transports: ['udp'],
  ports: [5072],
  firstBytes: [HEAD >> 8],
  probe,
});
