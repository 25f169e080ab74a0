// TLS over TCP, SSL 2 and 3 included (RFC 8446, RFC 5246, RFC 6101). Owns: nothing but the registration. What follows the handshake
// is never looked at. Bound: 32 KiB a side while a handshake message is not whole.
import { defineProtocol } from '@kaipo/core/api/index.js';
import { probeTls } from './probe-tls.js';
import { TlsReader } from './tls-reader.js';

/** Records begin with 20 to 23; hellos of SSL 2 with the upper half of their length, which is small. */
const FIRST_BYTES = [0x14, 0x15, 0x16, 0x17, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88];

export const tlsPlugin = defineProtocol('TLS: server name, versions, fingerprints, certificate', {
  name: 'tls',
  transports: ['tcp'],
  ports: [443, 465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 5061, 5223, 6697, 8443, 8883],
  firstBytes: FIRST_BYTES,
  bufferBytes: 32_768,
  probe: probeTls,
  open: (flow) => new TlsReader(flow),
});
