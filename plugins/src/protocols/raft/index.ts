// Raft as the C library of Canonical speaks it (dqlite, cowsql, LXD clusters). Owns: the handshake and the headers of its messages.
// Other programs that use Raft wrap it in gRPC or HTTP and are named so.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32le } from '@kaipo/core/wire/bytes.js';
import { isText } from '@kaipo/core/wire/match.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

const REQUEST_VOTE = 1;
const REQUEST_VOTE_RESULT = 2;
const APPEND_ENTRIES = 3;
const APPEND_ENTRIES_RESULT = 4;
const INSTALL_SNAPSHOT = 5;
const TIMEOUT_NOW = 6;

/** Type and size of the header, eight bytes each, little-endian; sizes are known and multiples of eight. */
function messageLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 16 > end) return bytes[at]! <= TIMEOUT_NOW ? 0 : -1;
  if (u32le(bytes, at + 4) !== 0 || u32le(bytes, at + 12) !== 0) return -1;
  const size = u32le(bytes, at + 8);
  return fits(u32le(bytes, at), size) ? 16 + size : -1;
}

function fits(type: number, size: number): boolean {
  if (size % 8 !== 0) return false;
  switch (type) {
    case REQUEST_VOTE:
      return size === 32 || size === 40;
    case REQUEST_VOTE_RESULT:
      return size === 16 || size === 24;
    case APPEND_ENTRIES:
      return size >= 40 && size <= 65_536;
    case APPEND_ENTRIES_RESULT:
      return size === 16 || size === 24 || size === 32;
    case INSTALL_SNAPSHOT:
      return size >= 48 && size <= 4096;
    case TIMEOUT_NOW:
      return size === 24;
    default:
      return false;
  }
}

/** Version 1, id of the server, length of its address, the address and zeros. */
function handshake(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 32) return UNSURE;
  const length = u32le(bytes, start + 16);
  if (u32le(bytes, start) !== 1 || u32le(bytes, start + 20) !== 0 || length < 8 || length > 256 || length % 8 !== 0)
    return NOT_MINE;
  return isText(bytes, start + 24, start + 30) && bytes[start + 24]! > 0x20 ? MATCH : NOT_MINE;
}

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 8)
    return bytes[start]! <= TIMEOUT_NOW && bytes[start] !== 0 && (end - start < 2 || bytes[start + 1] === 0)
      ? UNSURE
      : NOT_MINE;
  if (u32le(bytes, start + 4) !== 0 || u32le(bytes, start) > TIMEOUT_NOW) return NOT_MINE;
  const chain = followChain(bytes, start, end, messageLength);
  if (chain === BROKEN) return handshake(p);
  const whole = wholeMessages(chain);
  // Terms, indexes and ids follow: a message that is nothing but zeros says nothing.
  if (whole === 0 || end - start < 24 || u32le(bytes, start + 16) === 0) return UNSURE;
  if (whole >= 2 || endsExactly(chain)) return MATCH;
  return u32le(bytes, start) === APPEND_ENTRIES || u32le(bytes, start) === INSTALL_SNAPSHOT ? MATCH : UNSURE;
}

export const raftPlugin = defineProtocol('Raft of dqlite and LXD', {
  name: 'raft',
  transports: ['tcp'],
  ports: [8443, 9000, 9001],
  firstBytes: [1, 2, 3, 4, 5, 6],
  probe,
});
