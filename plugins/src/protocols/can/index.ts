// CAN frames of vehicles over UDP: the form that begins with the number of its standard, ISO 11898.
// Owns: what such datagrams look like. Bound: looks at eight bytes, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith } from '@kaipo/core/wire/match.js';

const MAGIC = asciiBytes('ISO11898');

export const canPlugin = defineProtocol('CAN frames of vehicles over UDP', {
  name: 'can',
  transports: ['udp'],
  ports: [11_898],
  firstBytes: [0x49],
  probe: (p) => (beginsWith(p.bytes, p.start, p.end, MAGIC) ? MATCH : NOT_MINE),
});
