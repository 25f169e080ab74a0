// Cisco's IPsec over UDP 10000 (VPN 3000, Easy VPN): ESP and IKE behind a mark. Owns: the recognition. AnyConnect is TLS and DTLS.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { ikeVersion } from '@kaipo/core/wire/ike.js';

const MARK = 0xfe577e2b;
const MARK_BYTES = 4;
const MIN_BYTES = 12;

/** The mark of 32 bits, first or behind an IKE message. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < MIN_BYTES) return NOT_MINE;
  if (u32(bytes, start) === MARK) return MATCH;
  return u32(bytes, end - MARK_BYTES) === MARK || ikeVersion(bytes, start, end - MARK_BYTES, false) !== 0
    ? MATCH
    : NOT_MINE;
}

export const ciscovpnPlugin = defineProtocol('Cisco IPsec over UDP', {
  name: 'ciscovpn',
  transports: ['udp'],
  ports: [10_000],
  isPortBound: true,
  application: 'Cisco VPN',
  probe,
});
