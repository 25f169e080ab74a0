// Tailscale's discovery messages: six fixed bytes ("TS" and a speech balloon), a key, sealed. Owns: the recognition.
// Source: tailscale.com/kb/1082, the package disco.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { beginsWith } from '@kaipo/core/wire/match.js';

const MAGIC = Uint8Array.of(0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac);
/** Magic, key, nonce, seal. */
const MIN_BYTES = 6 + 32 + 24 + 16;

const probe = (p: Probe): Verdict =>
  beginsWith(p.bytes, p.start, p.end, MAGIC) && (p.end - p.start >= MIN_BYTES || p.isCut) ? MATCH : NOT_MINE;

export const tailscalePlugin = defineProtocol('Tailscale: how two nodes find each other', {
  name: 'tailscale',
  transports: ['udp'],
  ports: [41_641],
  firstBytes: [0x54],
  application: 'Tailscale',
  probe,
});
