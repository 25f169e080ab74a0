// WS-Discovery: SOAP in datagrams, by which Windows, printers and cameras find each other (WS-Discovery 1.0 and 1.1, ONVIF).
// Owns: what such a datagram must have in it. Bound: one datagram.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfBytes } from '@kaipo/core/wire/match.js';

const ENVELOPE = asciiBytes('Envelope');
/** Namespaces of version 1.0 (2005) and 1.1 (OASIS). */
const NAMESPACES = ['/ws/2005/04/discovery', '/ws-dd/ns/discovery/'].map(asciiBytes);
const LESS_THAN = 0x3c;
const BYTE_ORDER_MARK = 0xef;

export const wsdPlugin = defineProtocol('WS-Discovery probes, matches and announcements', {
  name: 'wsd',
  transports: ['udp'],
  ports: [3702],
  firstBytes: [LESS_THAN, BYTE_ORDER_MARK],
  probe,
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 64 || indexOfBytes(bytes, start, end, ENVELOPE) < 0) return NOT_MINE;
  for (let i = 0; i < NAMESPACES.length; i++) if (indexOfBytes(bytes, start, end, NAMESPACES[i]!) >= 0) return MATCH;
  return NOT_MINE;
}
