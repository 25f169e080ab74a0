// UFTP: encrypted multicast file transfer, versions 3 to 5. Owns: what its datagrams look like. Bound: one datagram.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';

export const uftpPlugin = defineProtocol('Files to many receivers (UFTP)', {
  name: 'uftp',
  transports: ['udp'],
  ports: [1044],
  isPortBound: true,
  probe,
});

const HEADER_LEN = 16;
const LAST_MESSAGE = 21;
/** Has no header in the clear behind the common one. */
const ENCRYPTED = 18;

/** Version, message number, twice: in the header, and in the message with its own length in words. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN + 4) return NOT_MINE;
  const version = bytes[start]!;
  if (version !== 0x30 && version !== 0x31 && version !== 0x40 && version !== 0x50) return NOT_MINE;
  const message = bytes[start + 1]!;
  if (message < 1 || message > LAST_MESSAGE || message === ENCRYPTED) return NOT_MINE;
  const at = start + HEADER_LEN;
  const length = bytes[at + 1]! * 4;
  return bytes[at] === message && bytes[start + 15] === 0 && length >= 4 && at + length <= end ? MATCH : NOT_MINE;
}
