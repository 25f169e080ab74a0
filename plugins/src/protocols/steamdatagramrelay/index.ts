// Steam Datagram Relay: pings of Valve game servers. 01 81 and the word sdping (64 bits).
// Owns: how it begins. Bound: one look at 8 bytes.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

export const steamdatagramrelayPlugin = defineProtocol('Steam Datagram Relay: pings of Valve game servers', {
  name: 'steamdatagramrelay',
  transports: ['udp'],
  ports: [27015, 27045],
  firstBytes: [0x01],
  application: 'Steam',
  probe({ bytes, start: at, end }) {
    if (end - at < 8) return NOT_MINE;
    return u16(bytes, at) === 0x0181 && u32(bytes, at + 2) === 0x73647069 && u16(bytes, at + 6) === 0x6e67
      ? MATCH
      : NOT_MINE;
  },
});
