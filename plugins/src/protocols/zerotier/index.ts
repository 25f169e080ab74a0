// ZeroTier: the HELLO of a node, in the clear. Owns: the recognition. Source: ZeroTier's published packet layout (node/Packet.hpp).
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';

/** Number 8, destination 5, source 5, flags 1, code 8; then the word 1. */
const SOURCE_AT = 13;
const FLAGS_AT = 18;
const WORD_AT = 27;
const HELLO = 1;
const IDENTITY_AT = WORD_AT + 1 + 1 + 1 + 1 + 2 + 8;
const ADDRESS_BYTES = 5;
const MIN_BYTES = IDENTITY_AT + ADDRESS_BYTES + 1 + 64;

/** The address in the header is that of the identity in the message: 40 bits, and the word and versions. */
function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  if (p.end - start < MIN_BYTES || (bytes[start + FLAGS_AT]! & 0x38) !== 0) return NOT_MINE;
  if (
    (bytes[start + WORD_AT]! & 0x1f) !== HELLO ||
    bytes[start + WORD_AT + 1]! > 20 ||
    bytes[start + IDENTITY_AT + ADDRESS_BYTES] !== 0
  )
    return NOT_MINE;
  if (bytes[start + SOURCE_AT] === 0 || bytes[start + SOURCE_AT] === 0xff) return NOT_MINE;
  if (u16(bytes, start + SOURCE_AT) === u16(bytes, start + SOURCE_AT + 2)) return NOT_MINE;
  for (let i = 0; i < ADDRESS_BYTES; i++)
    if (bytes[start + SOURCE_AT + i] !== bytes[start + IDENTITY_AT + i]) return NOT_MINE;
  return MATCH;
}

export const zerotierPlugin = defineProtocol('ZeroTier networks', {
  name: 'zerotier',
  transports: ['udp'],
  ports: [9993],
  datagram: { minBytes: MIN_BYTES, at: IDENTITY_AT + ADDRESS_BYTES, values: [0] },
  application: 'ZeroTier',
  probe,
});
