// PFCP (3GPP TS 29.244): how mobile networks steer their user plane. Owns: the recognition.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { isPfcp } from '@kaipo/core/wire/gtp-control.js';

const probe = (p: Probe): Verdict => (isPfcp(p.bytes, p.start, p.end, p.isCut) ? MATCH : NOT_MINE);

export const pfcpPlugin = defineProtocol('Steering of the user plane in mobile networks (PFCP)', {
  name: 'pfcp',
  transports: ['udp'],
  ports: [8805],
  firstBytes: [0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27],
  probe,
});
