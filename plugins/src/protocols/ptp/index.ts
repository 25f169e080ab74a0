// Precision time protocol (IEEE 1588): version 2 to the byte, version 1 by its subdomain.
// Owns: what such datagrams look like. Bound: looks at one datagram, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { isExactly } from '@kaipo/core/wire/exact.js';

const HEADER_LEN = 34;

export const ptpPlugin = defineProtocol('Precision time protocol (PTP, IEEE 1588)', {
  name: 'ptp',
  transports: ['udp'],
  ports: [319, 320],
  datagram: { minBytes: HEADER_LEN, at: 1, values: [1, ...Array.from({ length: 16 }, (_, i) => i * 16 + 2)] },
  probe,
});

/** Shortest message by type; 0: there is no such type. */
const LENGTHS = Uint8Array.of(44, 44, 54, 54, 0, 0, 0, 0, 44, 54, 54, 64, 44, 48, 0, 0);
/** Control field by type; later versions send 0. */
const CONTROLS = Uint8Array.of(0, 1, 5, 5, 0, 0, 0, 0, 2, 3, 5, 5, 5, 4, 0, 0);
const SUBDOMAIN_DEFAULT = 0x5f44464c; // "_DFL"
const SUBDOMAIN_ALTERNATE = 0x5f414c54; // "_ALT"

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN) return NOT_MINE;
  const version = bytes[start + 1]! & 15;
  if (version === 2) return isVersion2(p) ? MATCH : NOT_MINE;
  if (u32(bytes, start) !== 0x00010001) return NOT_MINE;
  const subdomain = u32(bytes, start + 4);
  return subdomain === SUBDOMAIN_DEFAULT || subdomain === SUBDOMAIN_ALTERNATE ? MATCH : NOT_MINE;
}

/** Of a clock: made of its hardware address, so hardly a zero in eight bytes. */
function isIdentity(bytes: Uint8Array, at: number): boolean {
  let zeros = 0;
  for (let i = at; i < at + 8; i++) if (bytes[i] === 0) zeros += 1;
  return zeros <= 5;
}

function isVersion2(p: Probe): boolean {
  const { bytes, start, end } = p;
  if (bytes[start + 1]! >> 4 > 1) return false;
  // Domains go up to 127; corrections are nanoseconds below a second or so, in 48 bits and a fraction.
  if (bytes[start + 4]! > 127 || (u16(bytes, start + 8) !== 0 && u16(bytes, start + 8) !== 0xffff)) return false;
  const type = bytes[start]! & 15;
  const length = u16(bytes, start + 2);
  if (LENGTHS[type] === 0 || length < LENGTHS[type]!) return false;
  const control = bytes[start + 32]!;
  if (!isIdentity(bytes, start + 20)) return false;
  if (control !== CONTROLS[type] && control !== 0) return false;
  // Over IPv6 two bytes are added so that transparent clocks can keep the checksum right.
  const isWhole = isExactly(length, end - start, p.isCut) || (p.ipVersion === 6 && length + 2 === end - start);
  if (!isWhole || p.isCut) return isWhole;
  let at = start + LENGTHS[type]!;
  while (at + 4 <= start + length) at += 4 + u16(bytes, at + 2);
  return at === start + length;
}
