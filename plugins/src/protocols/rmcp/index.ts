// RMCP (DMTF ASF 2.0): IPMI and ASF messages to the management controllers of servers.
// Owns: what such datagrams look like. Bound: looks at one datagram, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u16le, u32, u32le } from '@kaipo/core/wire/bytes.js';

export const rmcpPlugin = defineProtocol('Management controllers of servers (RMCP: IPMI, ASF)', {
  name: 'rmcp',
  transports: ['udp'],
  ports: [623, 664],
  firstBytes: [6],
  probe,
});

const HEADER = 0x0600;
const CLASS_ASF = 6;
const CLASS_IPMI = 7;
const CLASS_ACKNOWLEDGE = 0x86;
const ASF_ENTERPRISE = 0x000011be;
const AUTHENTICATION_V2 = 6;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 4 || u16(bytes, start) !== HEADER) return NOT_MINE;
  switch (bytes[start + 3]) {
    case CLASS_ASF:
      return end - start >= 12 && u32(bytes, start + 4) === ASF_ENTERPRISE ? MATCH : NOT_MINE;
    case CLASS_IPMI:
      return bytes[start + 2] === 0xff && isSession(p) ? MATCH : NOT_MINE;
    case CLASS_ACKNOWLEDGE:
      return end - start === 4 && p.otherLength >= 4 && u16(p.otherBytes, 0) === HEADER ? MATCH : NOT_MINE;
    default:
      return NOT_MINE;
  }
}

/** IPMI 1.5: kind of authentication, session, perhaps a code of 16 bytes, then the length of the message. 2.0: two bytes of it. */
function isSession(p: Probe): boolean {
  const { bytes, start, end } = p;
  const kind = bytes[start + 4]!;
  if (end - start < 14 || kind > AUTHENTICATION_V2 || kind === 3) return false;
  if (kind === AUTHENTICATION_V2) {
    const isOem = (bytes[start + 5]! & 0x3f) === 2;
    return isOem || end - start < 16 ? isOem : u16le(bytes, start + 14) <= end - start - 16 || p.isCut;
  }
  const at = start + (kind === 0 ? 13 : 29);
  if (at >= end || (kind === 0 && u32le(bytes, start + 9) === 0 && u32le(bytes, start + 5) > 0xffff)) return false;
  const rest = end - at - 1;
  return p.isCut || bytes[at] === rest || bytes[at] === rest - 1; // some pad to an even length
}
