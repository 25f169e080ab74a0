// Nano: header of eight bytes: RC (live network), versions in order, type, extensions.
// Owns: the header and the sizes of its first messages. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';

const HEADER_BYTES = 8;
const LAST_VERSION = 0x30;
const KEEPALIVE = 2;
const HANDSHAKE = 0x0a;
/** Eight peers of sixteen bytes of address and two of port. */
const KEEPALIVE_BYTES = HEADER_BYTES + 8 * 18;

export const nanoPlugin = defineProtocol('Nano peers', {
  name: 'nano',
  transports: ['tcp', 'udp'],
  ports: [7075, 54000],
  firstBytes: [0x52],
  application: 'Nano',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  const network = bytes[start + 1];
  if (end - start < HEADER_BYTES || (network !== 0x43 && network !== 0x42 && network !== 0x41 && network !== 0x58))
    return NOT_MINE;
  const most = bytes[start + 2]!;
  const used = bytes[start + 3]!;
  const least = bytes[start + 4]!;
  if (most > LAST_VERSION || used > most || least > used || most === 0 || used < 7) return NOT_MINE;
  const type = bytes[start + 5]!;
  if (type === KEEPALIVE) return end - start === KEEPALIVE_BYTES ? MATCH : NOT_MINE;
  const extensions = (bytes[start + 6]! << 8) | bytes[start + 7]!;
  if (type !== HANDSHAKE || extensions > 7 || extensions === 0) return NOT_MINE;
  // A question has 32 bytes, an answer 96 or, with salt, 160.
  const size = end - start - HEADER_BYTES;
  return size === 32 || size === 96 || size === 128 || size === 160 || size === 192 ? MATCH : NOT_MINE;
}
