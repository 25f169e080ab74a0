// Ethernet Global Data of GE controllers (GFK-2224). Owns: the header of a data message.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u32, u32le } from '@kaipo/core/wire/bytes.js';

const DATA = 13;
const VERSION = 1;
const HEADER_LEN = 32;

/** Type 13, version 1, request, producer, exchange, time (seconds, nanoseconds), status, configuration, reserved 0. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN || end - start > 1432 || bytes[start] !== DATA || bytes[start + 1] !== VERSION)
    return NOT_MINE;
  return u32(bytes, start + 28) === 0 && u32le(bytes, start + 16) < 1_000_000_000 && u32(bytes, start + 4) !== 0
    ? MATCH
    : NOT_MINE;
}

export const egdPlugin = defineProtocol('Ethernet Global Data (GE)', {
  name: 'egd',
  transports: ['udp'],
  ports: [18_246],
  firstBytes: [DATA],
  probe,
});
