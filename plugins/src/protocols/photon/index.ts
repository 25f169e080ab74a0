// Photon over UDP: peer, flags, number of commands, time, challenge; first a connect command with known fields.
// Owns: that packet. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

const CONNECT = 2;
const CONNECT_BYTES = 44;
const HEAD_BYTES = 12;

export const photonPlugin = defineProtocol('Photon: realtime games (Exit Games)', {
  name: 'photon',
  transports: ['udp'],
  ports: [5055, 5056, 5058, 27000, 27001, 27002],
  datagram: { values: [0xff] },
  application: 'Photon',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  if (end - start < HEAD_BYTES + CONNECT_BYTES || u16(bytes, start) !== 0xffff || bytes[start + 3] !== 1)
    return NOT_MINE;
  const at = start + HEAD_BYTES;
  if (bytes[at] !== CONNECT || bytes[at + 1] !== 0xff || u32(bytes, at + 4) !== CONNECT_BYTES) return NOT_MINE;
  return u32(bytes, at + 8) === 1 ? MATCH : NOT_MINE;
}
