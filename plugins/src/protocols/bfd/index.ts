// Bidirectional forwarding detection (RFC 5880, 5881, 5883, 7130, 7881, 9747): control packets to the byte, echoes by their addresses.
// Owns: what such datagrams look like. Bound: looks at one datagram, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

export const bfdPlugin = defineProtocol('Bidirectional forwarding detection (BFD)', {
  name: 'bfd',
  transports: ['udp'],
  ports: [3784, 3785, 4784, 6784, 7784],
  isPortBound: true,
  probe,
});

const PORT_ECHO = 3785;
const CONTROL_LEN = 24;
const FLAG_AUTHENTICATION = 0x04;
const FLAG_MULTIPOINT = 0x01;
const POLL_AND_FINAL = 0x30;
/** Intervals are microseconds: none is longer than a minute or so. */
const MAX_INTERVAL_US = 1 << 26;

function probe(p: Probe): Verdict {
  if (p.serverPort === PORT_ECHO || p.clientPort === PORT_ECHO) return isLooped(p) ? MATCH : NOT_MINE;
  const { bytes, start, end } = p;
  const length = end - start;
  if (length < CONTROL_LEN) return NOT_MINE;
  const first = bytes[start]!;
  const flags = bytes[start + 1]!;
  if (first >> 5 > 1 || (first & 31) > 9 || bytes[start + 2] === 0 || bytes[start + 3] !== length) return NOT_MINE;
  if ((flags & POLL_AND_FINAL) === POLL_AND_FINAL || (flags & FLAG_MULTIPOINT) !== 0) return NOT_MINE;
  const isAuthenticated = (flags & FLAG_AUTHENTICATION) !== 0;
  if (!isAuthenticated && length !== CONTROL_LEN) return NOT_MINE;
  if (isAuthenticated && (length < CONTROL_LEN + 2 || bytes[start + 25] !== length - CONTROL_LEN)) return NOT_MINE;
  if (u32(bytes, start + 4) === 0) return NOT_MINE;
  for (let at = start + 12; at < start + CONTROL_LEN; at += 4) if (u32(bytes, at) > MAX_INTERVAL_US) return NOT_MINE;
  return MATCH;
}

/** An echo says what its sender likes; but it is sent to the sender's own address, for the neighbour to send it back. */
function isLooped(p: Probe): boolean {
  const length = p.ipVersion === 4 ? 4 : 16;
  for (let i = 0; i < length; i++) if (p.addressBytes[p.srcAddr + i] !== p.addressBytes[p.dstAddr + i]) return false;
  return p.addressBytes[p.srcAddr] !== 127 || p.ipVersion === 6;
}
