// RIP versions 1 and 2 (RFC 1058, RFC 2453) and RIPng (RFC 2080).
// Owns: what such datagrams look like. Bound: looks at the entries of one datagram, keeps nothing.
import {
  defineProtocols,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolSpec,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { isAll } from '@kaipo/core/wire/exact.js';

/** Routing information protocol (RIP). */
const ripSpec: ProtocolSpec = {
  name: 'rip',
  transports: ['udp'],
  ports: [520],
  isPortBound: true,
  probe,
};

/** Routing information protocol for IPv6 (RIPng). */
const ripngSpec: ProtocolSpec = {
  name: 'ripng',
  transports: ['udp'],
  ports: [521],
  isPortBound: true,
  probe: probeRipng,
};

export const ripPlugin = defineProtocols('rip', 'Routing information protocol (RIP, RIPng)', [ripSpec, ripngSpec]);

const ENTRY_LEN = 20;
const HEADER_LEN = 4;
const AFI_IPV4 = 2;
const AFI_AUTHENTICATION = 0xffff;
const INFINITY = 16;
const NEXT_HOP = 0xff;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = end - start - HEADER_LEN;
  if (length < ENTRY_LEN || (!p.isCut && length % ENTRY_LEN !== 0)) return NOT_MINE;
  const command = bytes[start]!;
  const version = bytes[start + 1]!;
  if (command < 1 || command > 2 || version < 1 || version > 2) return NOT_MINE;
  if (version === 1 && u16(bytes, start + 2) !== 0) return NOT_MINE;
  for (let at = start + HEADER_LEN; at + ENTRY_LEN <= end; at += ENTRY_LEN) {
    const family = u16(bytes, at);
    if (family === AFI_AUTHENTICATION && version === 2 && (isFirst(p, at) || isLast(p, at))) continue;
    const metric = u32(bytes, at + 16);
    // "The whole table" is the one entry of a question, sixteen hops away (RFC 2453 section 3.9.1).
    if (family === 0 && (metric !== INFINITY || length > 2 * ENTRY_LEN)) return NOT_MINE;
    if ((family !== AFI_IPV4 && family !== 0) || metric > INFINITY || metric === 0) return NOT_MINE;
    if (version === 2 && !isMask(u32(bytes, at + 8))) return NOT_MINE;
    if (version === 1 && (u16(bytes, at + 2) !== 0 || !isAll(bytes, at + 8, at + 16, 0))) return NOT_MINE;
  }
  return MATCH;
}

const isFirst = (p: Probe, at: number): boolean => at === p.start + HEADER_LEN;
/** The digest of RFC 4822 is an entry behind all others. */
const isLast = (p: Probe, at: number): boolean => at + 2 * ENTRY_LEN > p.end;

/** Ones, then zeros. */
function isMask(mask: number): boolean {
  const inverse = ~mask >>> 0;
  return (inverse & (inverse + 1)) === 0;
}

/** Nothing beyond the prefix length, and an address that routes are for: the default, global, local, multicast. */
function isPrefix(bytes: Uint8Array, at: number, length: number): boolean {
  const whole = length >> 3;
  const first = bytes[at]!;
  if (length > 0 && first >> 5 !== 1 && first < 0xfc && first !== 0) return false;
  if (length % 8 !== 0 && (bytes[at + whole]! & (0xff >> (length % 8))) !== 0) return false;
  return isAll(bytes, at + whole + (length % 8 === 0 ? 0 : 1), at + 16, 0);
}

function probeRipng(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = end - start - HEADER_LEN;
  if (length < ENTRY_LEN || (!p.isCut && length % ENTRY_LEN !== 0)) return NOT_MINE;
  if (bytes[start]! < 1 || bytes[start]! > 2 || bytes[start + 1] !== 1 || u16(bytes, start + 2) !== 0) return NOT_MINE;
  for (let at = start + HEADER_LEN; at + ENTRY_LEN <= end; at += ENTRY_LEN) {
    const metric = bytes[at + 19]!;
    if (bytes[at + 18]! > 128 || metric === 0 || (metric > INFINITY && metric !== NEXT_HOP)) return NOT_MINE;
    if (metric !== NEXT_HOP && !isPrefix(bytes, at, bytes[at + 18]!)) return NOT_MINE;
  }
  return MATCH;
}
