// Dynamic link exchange protocol (RFC 8175): radios telling routers about their links.
// Owns: what its signals and messages look like. Bound: walks the data items of one message, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

export const dlepPlugin = defineProtocol('Radios telling routers about their links (DLEP)', {
  name: 'dlep',
  transports: ['udp', 'tcp'],
  ports: [854],
  isPortBound: true,
  probe,
});

const TCP = 6;
const MAGIC = 0x444c4550; // "DLEP"
const SIGNAL_HEADER_LEN = 8;
const MESSAGE_HEADER_LEN = 4;
const INITIALISATION = 1;
const LAST_ITEM = 25;
const PEER_TYPE = 3;
const HEARTBEAT_INTERVAL = 5;

/** A signal begins with its name; a session with an initialisation, or its answer, whose items fill it and name peer and heartbeat. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (p.transport !== TCP) {
    if (end - start < SIGNAL_HEADER_LEN || u32(bytes, start) !== MAGIC) return NOT_MINE;
    return u16(bytes, start + 6) + SIGNAL_HEADER_LEN <= end - start || p.isCut ? MATCH : NOT_MINE;
  }
  if (end - start < MESSAGE_HEADER_LEN + 4) return UNSURE;
  const type = u16(bytes, start);
  const stop = start + MESSAGE_HEADER_LEN + u16(bytes, start + 2);
  if ((type !== INITIALISATION && type !== INITIALISATION + 1) || stop - start > 4096) return NOT_MINE;
  if (stop > end) return UNSURE;
  return itemsFit(bytes, start + MESSAGE_HEADER_LEN, stop) ? MATCH : NOT_MINE;
}

function itemsFit(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  let proofs = 0;
  while (at + 4 <= end) {
    const item = u16(bytes, at);
    const length = u16(bytes, at + 2);
    if (item < 1 || item > LAST_ITEM) return false;
    if (item === HEARTBEAT_INTERVAL && length !== 4) return false;
    if (item === HEARTBEAT_INTERVAL || item === PEER_TYPE) proofs |= item;
    at += 4 + length;
  }
  return at === end && proofs === (HEARTBEAT_INTERVAL | PEER_TYPE);
}
