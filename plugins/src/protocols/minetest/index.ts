// Minetest and Luanti games (their own reliable UDP, src/network/connection.h). Owns: the packet's beginning. Bound: one datagram.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

const MAGIC = 0x4f457403;
const MAX_CHANNEL = 2;
const MAX_TYPE = 3;

/** Magic, number of the peer, channel, kind of packet (control, original, split, reliable). */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 8 || u32(bytes, start) !== MAGIC) return NOT_MINE;
  return bytes[start + 6]! <= MAX_CHANNEL && bytes[start + 7]! <= MAX_TYPE ? MATCH : NOT_MINE;
}

export const minetestPlugin = defineProtocol('Minetest and Luanti games', {
  name: 'minetest',
  application: 'Minetest',
  transports: ['udp'],
  ports: [30_000],
  firstBytes: [0x4f],
  probe,
});
