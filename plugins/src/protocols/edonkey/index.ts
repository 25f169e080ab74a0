// eDonkey and eMule: E3, C5 or D4, a little-endian length, an operation; a chain of such messages that fits exactly.
// Owns: the framing over TCP, and the Kademlia messages whose size is known over UDP. Bound: eight messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32le } from '@kaipo/core/wire/bytes.js';

const TCP = 6;
const HEAD_BYTES = 5;
const MAX_MESSAGES = 8;
/** Length field, user hash after HELLO: 16 bytes of hash, address, port, number of tags. */
const LEAST_HELLO_BYTES = 26;
const HELLO = 0x01;
const HELLO_ANSWER = 0x4c;
const EMULE_INFO = 0x01;
const MAX_MESSAGE_BYTES = 0x100000;

export const edonkeyPlugin = defineProtocol('eDonkey and eMule: servers, peers and Kademlia', {
  name: 'edonkey',
  transports: ['tcp', 'udp'],
  ports: [4661, 4662, 4665, 4672],
  firstBytes: [0xe3, 0xc5, 0xd4, 0xe4],
  application: 'eDonkey',
  probe: (p) => (p.transport === TCP ? probeStream(p) : probeDatagram(p)),
});

/** The first message is a greeting, and everything that is there is a chain of messages. */
function probeStream({ bytes, start, end }: Probe): Verdict {
  if (end - start < HEAD_BYTES + 1) return UNSURE;
  const operation = bytes[start + HEAD_BYTES]!;
  const length = u32le(bytes, start + 1);
  if (length === 0 || length > MAX_MESSAGE_BYTES) return NOT_MINE;
  if (!isGreeting(bytes, start, end, operation, length)) return NOT_MINE;
  let at = start;
  for (let i = 0; i < MAX_MESSAGES && at < end; i++) {
    const first = bytes[at]!;
    if (first !== 0xe3 && first !== 0xc5 && first !== 0xd4) return NOT_MINE;
    if (end - at < HEAD_BYTES) return UNSURE;
    const next = at + HEAD_BYTES + u32le(bytes, at + 1);
    if (next > end) return i === 0 ? UNSURE : MATCH;
    at = next;
  }
  return at === end ? MATCH : NOT_MINE;
}

function isGreeting(bytes: Uint8Array, start: number, end: number, operation: number, length: number): boolean {
  if (bytes[start] === 0xc5) return operation === EMULE_INFO && length > 8 && bytes[start + HEAD_BYTES + 2] === 1;
  if (bytes[start] !== 0xe3 || length < LEAST_HELLO_BYTES) return false;
  if (operation !== HELLO && operation !== HELLO_ANSWER) return false;
  // Clients write the size of a hash, 16, before it, servers and old clients do not; eMule marks its hashes with 0E and 6F.
  const at = start + HEAD_BYTES + 1;
  const hash = bytes[at] === 16 ? at + 1 : at;
  if (hash + 16 > end) return true;
  const isMarked = bytes[hash + 5] === 0x0e && bytes[hash + 14] === 0x6f;
  // Without the mark: few tags after hash, address and port.
  const tags = hash + 22 + 4 <= end ? u32le(bytes, hash + 22) : -1;
  return isMarked || (tags >= 1 && tags <= 16);
}

/** Kademlia 2 (E4): bootstrap, hello and search requests by their exact size. */
function probeDatagram({ bytes, start, end }: Probe): Verdict {
  if (end - start < 2 || bytes[start] !== 0xe4) return NOT_MINE;
  const size = end - start;
  // Search request: kind, target of 16 bytes, receiver of 16 bytes; kinds 2, 4 and 11.
  if (bytes[start + 1] !== 0x21 || size !== 35) return NOT_MINE;
  const kind = bytes[start + 2]!;
  if (kind !== 2 && kind !== 4 && kind !== 11) return NOT_MINE;
  return u32le(bytes, start + 3) !== 0 && u32le(bytes, start + 19) !== 0 ? MATCH : NOT_MINE;
}
