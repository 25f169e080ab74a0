// TeamViewer's own protocol, over TCP and UDP (no published specification). Owns: its two kinds of packet header.
// TCP: 17 24, a command, a length in little endian. UDP: a counter, and 17 24 at the twelfth byte. Bound: one header, or two datagrams.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16le } from '@kaipo/core/wire/bytes.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';

const MAGIC_0 = 0x17;
const MAGIC_1 = 0x24;
const HEADER_BYTES = 5;
const UDP = 17;
const UDP_MAGIC_AT = 11;
const UDP_MIN_BYTES = 14;
const PORT = 5_938;

export const teamViewerPlugin = defineProtocol('TeamViewer over TCP and UDP', {
  name: 'teamviewer',
  transports: ['tcp', 'udp'],
  ports: [PORT],
  firstBytes: [MAGIC_0, 0x00],
  datagram: {
    minBytes: UDP_MIN_BYTES,
    at: UDP_MAGIC_AT,
    values: [MAGIC_0],
    and: [{ at: UDP_MAGIC_AT + 1, values: [MAGIC_1] }],
  },
  application: 'TeamViewer',
  probe: (p) => (p.transport === UDP ? datagramVerdict(p) : streamVerdict(p)),
});

function streamVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] !== MAGIC_0) return NOT_MINE;
  if (end - start < 2) return UNSURE;
  if (bytes[start + 1] !== MAGIC_1) return NOT_MINE;
  if (end - start < HEADER_BYTES) return UNSURE;
  const stop = start + HEADER_BYTES + u16le(bytes, start + 3);
  if (stop > end) {
    // The other side begins with the magic number too, and with another command.
    const other = p.otherBytes;
    const isPair = p.otherLength >= HEADER_BYTES && other[0] === MAGIC_0 && other[1] === MAGIC_1;
    return isPair && other[2] !== bytes[start + 2] ? MATCH : UNSURE;
  }
  if (stop === end) return MATCH;
  // The next packet has the same magic number.
  if (bytes[stop] !== MAGIC_0) return NOT_MINE;
  return stop + 1 === end ? UNSURE : bytes[stop + 1] === MAGIC_1 ? MATCH : NOT_MINE;
}

/** The first byte counts up from zero. Away from the port two datagrams of the flow have to agree. */
function datagramVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (
    end - start < UDP_MIN_BYTES ||
    bytes[start + UDP_MAGIC_AT] !== MAGIC_0 ||
    bytes[start + UDP_MAGIC_AT + 1] !== MAGIC_1
  )
    return NOT_MINE;
  if (bytes[start] !== 0) return p.memoA === 0 ? NOT_MINE : MATCH;
  if (hasPort(p, PORT) || p.memoA > 0) return MATCH;
  p.memoA = 1;
  return UNSURE;
}
