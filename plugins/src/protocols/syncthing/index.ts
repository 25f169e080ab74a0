// Syncthing: local discovery and relays. The number announcements begin with (32 bits).
// Owns: how it begins. Bound: one look at 12 bytes.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

export const syncthingPlugin = defineProtocol('Syncthing: local discovery and relays', {
  name: 'syncthing',
  transports: ['udp'],
  ports: [21027],
  firstBytes: [0x2e],
  application: 'Syncthing',
  probe({ bytes, start: at, end }) {
    if (end - at < 12) return NOT_MINE;
    return u32(bytes, at) === 0x2ea7d90b ? MATCH : NOT_MINE;
  },
});
