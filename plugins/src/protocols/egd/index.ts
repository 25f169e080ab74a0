// Ethernet Global Data of GE controllers (GFK-2224). Owns: the header of a data message.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16le, u32, u32le } from '@kaipo/core/wire/bytes.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';

const DATA = 13;
const VERSION = 1;
const HEADER_LEN = 32;
const PORT = 18_246;

/** Type 13, version 1, request, producer, exchange, time (seconds, nanoseconds), status, configuration, reserved 0. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN || end - start > 1432 || bytes[start] !== DATA || bytes[start + 1] !== VERSION)
    return NOT_MINE;
  if (u32(bytes, start + 28) !== 0 || u32le(bytes, start + 16) >= 1_000_000_000 || u32(bytes, start + 4) === 0)
    return NOT_MINE;
  // The producer is an address, exchanges are numbered from 1.
  if (bytes[start + 4] === 0 || u32(bytes, start + 8) === 0) return NOT_MINE;
  if (hasPort(p, PORT)) return MATCH;
  // Elsewhere the next request of the same exchange, sent later, has to follow.
  const exchange = u32(bytes, start + 8);
  const request = u16le(bytes, start + 2);
  const sent = u32le(bytes, start + 12) * 2 ** 20 + (u32le(bytes, start + 16) >>> 10);
  if (p.memoA === exchange * 0x10000 + ((request - 1) & 0xffff) && sent > p.memoB) return MATCH;
  p.memoA = exchange * 0x10000 + request;
  p.memoB = sent;
  return UNSURE;
}

export const egdPlugin = defineProtocol('Ethernet Global Data (GE)', {
  name: 'egd',
  transports: ['udp'],
  ports: [PORT],
  firstBytes: [DATA],
  probe,
});
