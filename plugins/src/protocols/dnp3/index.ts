// DNP3 over TCP and UDP (IEEE 1815). Owns: the link header and its check sum.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u16le } from '@kaipo/core/wire/bytes.js';
import { crc16Dnp } from '@kaipo/core/wire/crc16.js';

const UDP = 17;
const START = 0x0564;

/** Start, length, control, destination, source, check sum over all of it. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 10)
    return p.transport !== UDP && (end - start < 2 || u16(bytes, start) === START) ? UNSURE : NOT_MINE;
  if (u16(bytes, start) !== START || bytes[start + 2]! < 5) return NOT_MINE;
  return crc16Dnp(bytes, start, start + 8) === u16le(bytes, start + 8) ? MATCH : NOT_MINE;
}

export const dnp3Plugin = defineProtocol('DNP3', {
  name: 'dnp3',
  transports: ['tcp', 'udp'],
  ports: [20_000, 19_999],
  firstBytes: [0x05],
  probe,
});
