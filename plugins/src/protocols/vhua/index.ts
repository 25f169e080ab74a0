// VHUA, a Chinese telephone program over UDP: nine fixed bytes. Owns: the recognition. Source: observed messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { beginsWith } from '@kaipo/core/wire/match.js';

const HEAD = Uint8Array.of(0x05, 0x14, 0x3a, 0x05, 0x08, 0xf8, 0xa1, 0xb1, 0x03);

const probe = (p: Probe): Verdict => (beginsWith(p.bytes, p.start, p.end, HEAD) ? MATCH : NOT_MINE);

export const vhuaPlugin = defineProtocol('VHUA calls', {
  name: 'vhua',
  transports: ['udp'],
  ports: [58_267],
  firstBytes: [0x05],
  application: 'VHUA',
  probe,
});
