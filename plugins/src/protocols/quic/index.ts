// QUIC: IETF's versions and drafts, Meta's and Google's. Owns: registration. The proof is `quic-probe.ts`, what is learnt of a
// handshake `quic-reader.ts`; the wire format is core/wire/quic*.ts and gquic.ts. RFC 8999, 9000, 9001, 9368, 9369.
import { defineProtocol } from '@kaipo/core/api/index.js';
import { probeQuic } from './quic-probe.js';
import { QuicReader } from './quic-reader.js';

/** Long headers; below, flags of Google's public header: a version, a reset or neither, with 1 to 6 bytes of packet number. */
const FIRST_BYTES = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte >= 0x80 || byte < 0x40);

export const quicPlugin = defineProtocol('QUIC handshakes: names, versions and fingerprints', {
  name: 'quic',
  transports: ['udp'],
  ports: [443, 80, 784, 853, 8853, 4433, 8443],
  firstBytes: FIRST_BYTES,
  datagram: { minBytes: 9 },
  probe: probeQuic,
  open: (flow) => new QuicReader(flow),
});
