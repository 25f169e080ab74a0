// imo calls over UDP: keep-alives of 10 and 11 bytes, and probes of the way that are mostly zero. Owns: the recognition.
// Source: observed messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { isAll } from '@kaipo/core/wire/exact.js';

const KEEP_ALIVE_BYTES = 10;
const MIN_PATH_BYTES = 1000;

/** Keep-alive: 09, request 2 or answer 3, a time of three bytes, zeros; to the relay with a zero before it. */
function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  const there = p.end - start;
  if (there === KEEP_ALIVE_BYTES + 1) return bytes[start] === 0 ? probeKeepAlive(p, start + 1, true) : NOT_MINE;
  if (there === KEEP_ALIVE_BYTES) return probeKeepAlive(p, start, false);
  if (there < MIN_PATH_BYTES) return NOT_MINE;
  // 89 46 1a, seven zeros, 1, and then bytes that are no zeros.
  const isPath = (bytes[start]! & 0xf0) === 0x80 && bytes[start + 2] === 0x1a && isAll(bytes, start + 3, start + 9, 0);
  return isPath && u16(bytes, start + 9) === 1 && u32(bytes, start + 11) !== 0 ? MATCH : NOT_MINE;
}

/** 56 bits, but small messages of others look alike: a second one settles it. */
function probeKeepAlive(p: Probe, at: number, isRelayed: boolean): Verdict {
  const { bytes } = p;
  const kind = bytes[at + 1];
  if (bytes[at] !== 9 || (kind !== 2 && kind !== 3) || u32(bytes, at + 6) !== 0 || bytes[at + 5] !== 0) return NOT_MINE;
  if (bytes[at + 2] === 0 || bytes[at + 3] === 0) return NOT_MINE;
  p.memoA += 1;
  return p.memoA >= 2 || isRelayed ? MATCH : UNSURE;
}

export const imoPlugin = defineProtocol('imo calls', {
  name: 'imo',
  transports: ['udp'],
  firstBytes: [0, 9, ...Array.from({ length: 16 }, (_, i) => 0x80 + i)],
  datagram: [
    { minBytes: KEEP_ALIVE_BYTES + 1, maxBytes: KEEP_ALIVE_BYTES + 1, values: [0], and: [{ at: 1, values: [9] }] },
    { minBytes: KEEP_ALIVE_BYTES, maxBytes: KEEP_ALIVE_BYTES, values: [9] },
    { minBytes: MIN_PATH_BYTES, at: 2, values: [0x1a] },
  ],
  application: 'imo',
  probe,
});
