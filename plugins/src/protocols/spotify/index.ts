// Spotify: players that look for each other in the local network (UDP 57621), and its access points (TCP 4070). Owns: the recognition.
// Sources: observed messages; librespot's documentation of the client hello.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith } from '@kaipo/core/wire/match.js';

const TCP = 6;
const DISCOVERY = asciiBytes('SpotUdp');
/** ClientHello: 0, 4, length, then field 10 and its first fields: 52 … 50. */
const HEAD_BYTES = 9;
const MAX_HELLO_BYTES = 4096;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (p.transport !== TCP) return beginsWith(bytes, start, end, DISCOVERY) ? MATCH : NOT_MINE;
  if (bytes[start] !== 0 || (end - start > 1 && bytes[start + 1] !== 4)) return NOT_MINE;
  if (end - start < HEAD_BYTES) return UNSURE;
  const length = u32(bytes, start + 2);
  if (length < 16 || length > MAX_HELLO_BYTES || u16(bytes, start + 2) !== 0) return NOT_MINE;
  return bytes[start + 6] === 0x52 && bytes[start + 7]! < 0x40 && bytes[start + 8] === 0x50 ? MATCH : NOT_MINE;
}

export const spotifyPlugin = defineProtocol('Spotify: players in the local network, access points', {
  name: 'spotify',
  transports: ['udp', 'tcp'],
  ports: [57_621, 4070],
  firstBytes: [0, 0x53],
  datagram: { values: [0x53] },
  application: 'Spotify',
  probe,
});
