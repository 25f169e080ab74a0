// Steam: the discovery of computers in the network (21 4C 5F A0), the older UDP messages (VS01) and the framed ones over TCP (VT01).
// Owns: these constants. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16le, u32, u32le } from '@kaipo/core/wire/bytes.js';

const UDP = 17;

export const steamPlugin = defineProtocol('Steam: discovery, friends and content servers', {
  name: 'steam',
  transports: ['udp', 'tcp'],
  ports: [27036, 27017, 27018, 27019, 27030],
  datagram: { minBytes: 8, values: [0xff, 0x56] },
  stream: { at: 4, values: [0x56] },
  application: 'Steam',
  probe,
});

function probe({ bytes, start, end, transport }: Probe): Verdict {
  const size = end - start;
  if (size < 8) return NOT_MINE;
  if (transport === UDP) {
    if (u32(bytes, start) === 0xffffffff && u32(bytes, start + 4) === 0x214c5fa0) return MATCH;
    // VS01: length of the payload, kind 1 to 7.
    const isMessage =
      u32(bytes, start) === 0x56533031 && u16le(bytes, start + 4) === size - 36 && bytes[start + 6]! <= 7;
    return isMessage ? MATCH : NOT_MINE;
  }
  return u32(bytes, start + 4) === 0x56543031 && u32le(bytes, start) <= 0x100000 ? MATCH : NOT_MINE;
}
