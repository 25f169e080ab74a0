// Synchrophasors (IEEE C37.118.2). Owns: its frame header and check sum.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { crc16Ccitt } from '@kaipo/core/wire/crc16.js';

const UDP = 17;
const SYNC = 0xaa;
const HEADER_LEN = 14;

/** 0xaa, frame type 0 to 5 and version 1 to 3, size, id, time; a check sum over all at the end. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] !== SYNC) return NOT_MINE;
  if (end - start < HEADER_LEN) return p.transport === UDP ? NOT_MINE : UNSURE;
  const type = bytes[start + 1]! >> 4;
  const version = bytes[start + 1]! & 0x0f;
  const size = u16(bytes, start + 2);
  if (type > 5 || version < 1 || version > 3 || size < 16) return NOT_MINE;
  if (start + size > end) return p.transport === UDP ? NOT_MINE : UNSURE;
  return crc16Ccitt(bytes, start, start + size - 2, 0xffff) === u16(bytes, start + size - 2) ? MATCH : NOT_MINE;
}

export const ieeeC37118Plugin = defineProtocol('Synchrophasors (IEEE C37.118)', {
  name: 'ieee-c37118',
  transports: ['tcp', 'udp'],
  ports: [4712, 4713],
  firstBytes: [SYNC],
  probe,
});
