// Alibaba Cloud services with their own framing. Four bytes CE FA BE BA and a little-endian length below 64 KiB (48 bits).
// Owns: how it begins. Bound: one look at 8 bytes.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { u32, u32le } from '@kaipo/core/wire/bytes.js';

export const alicloudPlugin = defineProtocol('Alibaba Cloud services with their own framing', {
  name: 'alicloud',
  transports: ['tcp'],
  ports: [8999],
  firstBytes: [0xce],
  application: 'AliCloud',
  probe({ bytes, start: at, end }) {
    if (end - at < 8) return NOT_MINE;
    return u32(bytes, at) === 0xcefabeba && u32le(bytes, at + 4) > 0 && u32le(bytes, at + 4) < 65_536
      ? MATCH
      : NOT_MINE;
  },
});
