// Control network protocols over IP (ISO/IEC 14908-4, EIA-852: LonWorks).
// Owns: what such datagrams look like. Bound: looks at one datagram, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { isExactly } from '@kaipo/core/wire/exact.js';

export const cnpIpPlugin = defineProtocol('Building control over IP (CNP/IP, LonWorks)', {
  name: 'cnp-ip',
  transports: ['udp', 'tcp'],
  ports: [1628, 1629],
  isPortBound: true,
  probe,
});

const HEADER_LEN = 20;
const TCP = 6;
const LAST_VERSION = 2;
const TYPES = new Set([
  0x01, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x6a, 0x6b, 0x6c,
  0x6e, 0x70, 0x71, 0x72, 0x73, 0x7f,
]);

/** The length of the datagram, version, a type that exists, and what is seldom used not used. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN) return p.transport === TCP ? UNSURE : NOT_MINE;
  const length = u16(bytes, start);
  if (p.transport === TCP && length >= HEADER_LEN && length <= 1600 && end - start < length) return UNSURE;
  if (p.transport === TCP ? length !== end - start : !isExactly(length, end - start, p.isCut)) return NOT_MINE;
  if (bytes[start + 2]! < 1 || bytes[start + 2]! > LAST_VERSION || !TYPES.has(bytes[start + 3]!)) return NOT_MINE;
  // No extension, none but defined flags, no vendor.
  return bytes[start + 4] === 0 && (bytes[start + 5]! & 0x1e) === 0 && u16(bytes, start + 6) === 0 ? MATCH : NOT_MINE;
}
