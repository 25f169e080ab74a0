// Riot's games: the packet that opens a session (53 bytes), its answer, and the probes of their servers (36 bytes).
// Owns: these packets. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

const OPEN_BYTES = 53;
const PROBE_BYTES = 36;
const ZEROS_AT = 12;
const ZEROS_END = 36;

export const riotgamesPlugin = defineProtocol('Riot Games: League of Legends, Valorant', {
  name: 'riotgames',
  transports: ['udp'],
  ports: [5100, 7000, 7194, 8181, 8088],
  datagram: [
    { minBytes: PROBE_BYTES, maxBytes: PROBE_BYTES, at: 28, values: [0xaa] },
    { minBytes: OPEN_BYTES, maxBytes: OPEN_BYTES, at: 8, values: [1] },
  ],
  application: 'Riot Games',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  const size = end - start;
  if (size === PROBE_BYTES)
    return u32(bytes, start + 28) === 0xaaaaaaaa && u32(bytes, start + 32) === 0xbbbbbbbb ? MATCH : NOT_MINE;
  if (size !== OPEN_BYTES || u32(bytes, start + 8) !== 0x01000000) return NOT_MINE;
  if (u32(bytes, start) === 0 || u32(bytes, start + 4) === 0 || u32(bytes, end - 8) === 0) return NOT_MINE;
  for (let at = start + ZEROS_AT; at < start + ZEROS_END; at++) if (bytes[at] !== 0) return NOT_MINE;
  return u32(bytes, start + ZEROS_END) !== 0 ? MATCH : NOT_MINE;
}
