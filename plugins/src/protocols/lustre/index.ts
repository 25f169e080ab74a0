// Lustre's network, LNet over TCP sockets. Owns: the acceptor's request, the hello of socket connections, the header of a message.
// Numbers are in the order of the sender's machine; little endian is read, and the magic numbers in both. Bound: 96 bytes.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32, u32le } from '@kaipo/core/wire/bytes.js';

const ACCEPTOR = 0xacce_7100;
const HELLO = 0x4572_6963;
const SOCKET_HELLO = 0xeebc_0ded;
const MAGICS = [ACCEPTOR, HELLO, SOCKET_HELLO];
const MESSAGE = 0xc1;
const MESSAGE_HEADER_BYTES = 96;
/** High half of a network number: 2 is TCP. */
const NET_TCP = 2;
const LAST_TYPE = 4;

export const lustrePlugin = defineProtocol('Lustre (LNet)', {
  name: 'lustre',
  transports: ['tcp'],
  ports: [988],
  firstBytes: [0x00, 0x63, 0xed, 0xac, 0x45, 0xee, MESSAGE],
  probe,
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] === MESSAGE) return messageVerdict(p);
  if (end - start < 8) return isMagicSoFar(bytes, start, end) ? UNSURE : NOT_MINE;
  return isHello(u32le(bytes, start), u32le(bytes, start + 4)) || isHello(u32(bytes, start), u32(bytes, start + 4))
    ? MATCH
    : NOT_MINE;
}

/** A magic number and a small version: of the first hello two halves of 16 bits. */
const isHello = (magic: number, version: number): boolean =>
  (magic === ACCEPTOR || magic === SOCKET_HELLO || magic === HELLO) && version !== 0 && (version & 0xfff0_fff0) === 0;

function isMagicSoFar(bytes: Uint8Array, start: number, end: number): boolean {
  for (const magic of MAGICS) {
    let isLittle = true;
    let isBig = true;
    for (let i = 0; i < Math.min(4, end - start); i++) {
      if (bytes[start + i] !== ((magic >>> (8 * i)) & 0xff)) isLittle = false;
      if (bytes[start + i] !== ((magic >>> (24 - 8 * i)) & 0xff)) isBig = false;
    }
    if (isLittle || isBig) return true;
  }
  return false;
}

/** Message of a socket connection, 24 bytes, then LNet's header: two node numbers, two processes, type, length of the data. */
function messageVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  for (let at = start + 1; at < Math.min(end, start + 4); at++) if (bytes[at] !== 0) return NOT_MINE;
  if (end - start < MESSAGE_HEADER_BYTES) return UNSURE;
  if (u32le(bytes, start + 28) >>> 16 !== NET_TCP || u32le(bytes, start + 36) >>> 16 !== NET_TCP) return NOT_MINE;
  return u32le(bytes, start + 48) <= LAST_TYPE ? MATCH : NOT_MINE;
}
