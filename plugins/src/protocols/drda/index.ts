// DRDA, the protocol of DB2, Derby and Informix (Open Group C911, DDM). Owns: the header of a data stream structure (DSS).
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { BROKEN, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

const MAGIC = 0xd0;

/** Length, 0xd0, format, correlation; then the object: its length is 6 less, its code point is one of DDM's. */
function dssLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 3 > end) return 0;
  if (bytes[at + 2] !== MAGIC) return -1;
  if (at + 10 > end) return 0;
  const length = u16(bytes, at);
  const type = bytes[at + 3]! & 0x0f;
  if (type < 1 || type > 5 || (bytes[at + 3]! & 0x80) !== 0 || length < 10 || length > 32_767) return -1;
  return u16(bytes, at + 6) === length - 6 && isCodePoint(u16(bytes, at + 8)) ? length : -1;
}

const isCodePoint = (code: number): boolean =>
  (code >= 0x1041 && code <= 0x1410) || (code >= 0x1800 && code <= 0x18ff) || (code >= 0x2001 && code <= 0x2460);

function probe(p: Probe): Verdict {
  const chain = followChain(p.bytes, p.start, p.end, dssLength);
  if (chain === BROKEN) return NOT_MINE;
  // 8 bits of magic, 16 of the inner length, some of format and code point; one whole message makes it sure.
  return wholeMessages(chain) >= 1 ? MATCH : UNSURE;
}

export const drdaPlugin = defineProtocol('DB2, Derby and Informix (DRDA)', {
  name: 'drda',
  transports: ['tcp'],
  ports: [446, 50_000, 1527, 60_000],
  stream: { at: 2, values: [MAGIC] },
  probe,
});
