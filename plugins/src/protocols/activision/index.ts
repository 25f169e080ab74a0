// Activision games measure their servers: a packet of 29 bytes with the local address, sent back with another first byte.
// Owns: that packet. Bound: one look at 29 bytes.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';

const HELLO_BYTES = 29;
const LOCAL_ADDRESS_AT = 17;
const CONSTANT_AT = 22;

export const activisionPlugin = defineProtocol('Activision games: Call of Duty and others, matchmaking', {
  name: 'activision',
  transports: ['udp'],
  ports: [3074, 3075, 3076],
  datagram: { minBytes: HELLO_BYTES, maxBytes: HELLO_BYTES, values: [0x0c, 0x0d] },
  application: 'Activision',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  if (end - start !== HELLO_BYTES || (bytes[start]! & 0xfe) !== 0x0c || u16(bytes, start + 1) !== 0x0200)
    return NOT_MINE;
  if (!isPrivate(bytes, start + LOCAL_ADDRESS_AT) || bytes[start + CONSTANT_AT - 1]! > 0x15) return NOT_MINE;
  return u16(bytes, start + CONSTANT_AT) === 0x020c || u16(bytes, start + CONSTANT_AT - 1) === 0x020c
    ? MATCH
    : NOT_MINE;
}

/** RFC 1918. */
function isPrivate(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at]!;
  if (first === 10) return true;
  return u16(bytes, at) === 0xc0a8 || (first === 172 && (bytes[at + 1]! & 0xf0) === 16);
}
