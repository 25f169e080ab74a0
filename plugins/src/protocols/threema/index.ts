// Threema's chat protocol over TCP 5222: a handshake of fixed lengths, then frames with a little-endian length. Owns: the
// recognition. Source: the Threema cryptography white paper, "Chat protocol".
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16le } from '@kaipo/core/wire/bytes.js';

/** Client: key and cookie of 48 bytes, login of 191. Server: hello of 80 bytes, acknowledgement of 32. Frames follow. */
const CLIENT_HANDSHAKE_BYTES = 48 + 191;
const SERVER_HANDSHAKE_BYTES = 80 + 32;
const MIN_FRAME_BYTES = 16;
const BOTH = 3;

/** From where the handshake of each side ends, frames lead exactly to the end: 16 bits a side and frame, and both sides must. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const first = bytes[start]!;
  if (first === 0x3c || first === 0x16) return NOT_MINE;
  const handshake = p.fromClient ? CLIENT_HANDSHAKE_BYTES : SERVER_HANDSHAKE_BYTES;
  // A client that has sent its two messages and nothing else yet counts too.
  const isLogin = p.fromClient && p.packets === 2 && end - start === handshake;
  if (isLogin || isFrames(bytes, start + handshake, end)) p.memoA |= p.fromClient ? 1 : 2;
  return p.memoA === BOTH ? MATCH : UNSURE;
}

function isFrames(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at + 2 <= end) {
    const length = u16le(bytes, at);
    if (length < MIN_FRAME_BYTES) return false;
    at += 2 + length;
  }
  return at === end && from < end;
}

export const threemaPlugin = defineProtocol('Threema messages', {
  name: 'threema',
  transports: ['tcp'],
  ports: [5222],
  isPortBound: true,
  application: 'Threema',
  probe,
});
