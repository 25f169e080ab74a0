// Ethereum node discovery v4: hash, signature, type, RLP list (github.com/ethereum/devp2p/blob/master/discv4.md).
// Owns: the shape of a packet. Bound: one look at 100 bytes.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

const RECOVERY_AT = 96;
const TYPE_AT = 97;
const LIST_AT = 98;
const LAST_TYPE = 6;

export const ethereumPlugin = defineProtocol('Ethereum peers: discovery', {
  name: 'ethereum',
  transports: ['udp'],
  ports: [30303, 30301],
  datagram: { minBytes: LIST_AT + 6, maxBytes: 1280, at: RECOVERY_AT, values: [0, 1] },
  application: 'Ethereum',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  if (end - start < LIST_AT + 6 || end - start > 1280) return NOT_MINE;
  const type = bytes[start + TYPE_AT]!;
  if (bytes[start + RECOVERY_AT]! > 1 || type === 0 || type > LAST_TYPE) return NOT_MINE;
  // A hash and a signature have no zeros in a row.
  if (u32(bytes, start) === 0 || u32(bytes, start + 32) === 0 || u32(bytes, start + 64) === 0) return NOT_MINE;
  const head = bytes[start + LIST_AT]!;
  const size = end - start - LIST_AT;
  if (head === 0xf8)
    return bytes[start + LIST_AT + 1] === size - 2 && size > 57 && isVersion(bytes, start, type, 2) ? MATCH : NOT_MINE;
  if (head === 0xf9) return u16(bytes, start + LIST_AT + 1) === size - 3 && size > 258 && type === 4 ? MATCH : NOT_MINE;
  return head >= 0xc0 && head === 0xc0 + size - 1 && isVersion(bytes, start, type, 1) ? MATCH : NOT_MINE;
}

/** A ping (1) begins with its version, 4 or 5, and a list; the others with a list or a text of 32 or 64 bytes. */
function isVersion(bytes: Uint8Array, start: number, type: number, skip: number): boolean {
  const at = start + LIST_AT + skip;
  if (type === 1) return (bytes[at] === 4 || bytes[at] === 5) && bytes[at + 1]! >= 0xc9 && bytes[at + 1]! <= 0xd7;
  if (type === 3) return bytes[at] === 0xb8 && bytes[at + 1] === 64;
  if (type === 5) return bytes[at] === 0x84;
  if (type === 6) return bytes[at] === 0xa0;
  return (bytes[at]! >= 0xc9 && bytes[at]! <= 0xd7) || bytes[at]! >= 0xf7;
}
