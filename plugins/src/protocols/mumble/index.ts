// Mumble's question to a server over UDP: version, users, bandwidth. Owns: the recognition. Its calls are encrypted (OCB2) and its
// control channel is TLS. Source: Mumble protocol documentation, "UDP ping".
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

const REQUEST_BYTES = 12;
const ANSWER_BYTES = 24;

/** The answer repeats the eight bytes of the question. */
function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  const there = p.end - start;
  if (there === REQUEST_BYTES) {
    if (u32(bytes, start) !== 0 || (u32(bytes, start + 4) === 0 && u32(bytes, start + 8) === 0)) return NOT_MINE;
    p.memoA = identOf(bytes, start);
    p.memoB = u16(bytes, start + 10) + 1;
    return UNSURE;
  }
  if (there !== ANSWER_BYTES || p.memoB === 0) return NOT_MINE;
  return identOf(bytes, start) === p.memoA && u16(bytes, start + 10) + 1 === p.memoB && u32(bytes, start) !== 0
    ? MATCH
    : NOT_MINE;
}

const identOf = (bytes: Uint8Array, at: number): number => u32(bytes, at + 4) * 0x10000 + u16(bytes, at + 8);

export const mumblePlugin = defineProtocol('Mumble servers', {
  name: 'mumble',
  transports: ['udp'],
  ports: [64_738],
  firstBytes: [0],
  datagram: [
    { minBytes: REQUEST_BYTES, maxBytes: REQUEST_BYTES },
    { minBytes: ANSWER_BYTES, maxBytes: ANSWER_BYTES },
  ],
  application: 'Mumble',
  probe,
});
