// Teredo (RFC 4380), what the decoder leaves of it: packets whose IPv6 header announces what is not there. Owns: the recognition.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { teredoPacketAt } from '@kaipo/core/wire/teredo.js';

const IPV6_HEADER_BYTES = 40;
/** Addresses of Teredo begin with 2001:0000; link-local ones with fe80. */
const TEREDO = 0x2001;
const LINK_LOCAL = 0xfe80;

/** An IPv6 packet of exactly the length that is there, from or to an address that fits. */
function probe(p: Probe): Verdict {
  const { bytes, end } = p;
  const at = teredoPacketAt(bytes, p.start, end);
  if (at < 0 || at + IPV6_HEADER_BYTES > end || u16(bytes, at + 4) + IPV6_HEADER_BYTES !== end - at) return NOT_MINE;
  return isAddress(bytes, at + 8) || isAddress(bytes, at + 24) ? MATCH : NOT_MINE;
}

const isAddress = (bytes: Uint8Array, at: number): boolean =>
  (u16(bytes, at) === TEREDO && u16(bytes, at + 2) === 0) ||
  (u16(bytes, at) === LINK_LOCAL && u16(bytes, at + 2) === 0);

export const teredoPlugin = defineProtocol('IPv6 through NAT (Teredo)', {
  name: 'teredo',
  transports: ['udp'],
  ports: [3544],
  isPortBound: true,
  probe,
});
