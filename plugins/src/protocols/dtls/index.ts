// DTLS over UDP and SCTP: 1.0, 1.2, 1.3 (RFC 4347, RFC 6347, RFC 9147), connection ids, and the version before them that AnyConnect speaks.
// Owns: nothing but the registration. Bound: see dtls-reader.ts.
import { defineProtocol } from '@kaipo/core/api/index.js';
import { DtlsReader } from './dtls-reader.js';
import { probeDtls } from './probe-dtls.js';

/** ChangeCipherSpec to ApplicationData, records with a connection id, acknowledgements. */
const FIRST_BYTES = [20, 21, 22, 23, 25, 26];

export const dtlsPlugin = defineProtocol('DTLS: server name, version, fingerprint, certificate', {
  name: 'dtls',
  transports: ['udp', 'sctp'],
  ports: [443, 853, 2221, 3391, 4433, 5061, 5349, 5684, 5868],
  firstBytes: FIRST_BYTES,
  probe: probeDtls,
  open: (flow) => new DtlsReader(flow),
});
