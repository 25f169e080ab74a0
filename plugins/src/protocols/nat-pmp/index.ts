// NAT port mapping protocol (RFC 6886) and its successor PCP (RFC 6887).
// Owns: what such datagrams look like. Bound: looks at one datagram, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { isAll } from '@kaipo/core/wire/exact.js';

export const natPmpPlugin = defineProtocol('Port mappings asked of a router (NAT-PMP, PCP)', {
  name: 'nat-pmp',
  transports: ['udp'],
  ports: [5350, 5351],
  isPortBound: true,
  firstBytes: [0, 2],
  probe,
});

const RESPONSE = 0x80;
const ADDRESS_RESPONSE_LEN = 12;
const MAP_REQUEST_LEN = 12;
const MAP_RESPONSE_LEN = 16;
const LAST_RESULT = 5;
const PCP_HEADER_LEN = 24;
const PCP_MAX_LEN = 1100;
const PCP_LAST_RESULT = 13;
/** A mapping for longer than this is not asked for. */
const MAX_LIFETIME_S = 1 << 25;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < MAP_REQUEST_LEN) return NOT_MINE;
  if (bytes[start] === 2) return isPcp(p) ? MATCH : NOT_MINE;
  return isNatPmp(bytes, start, end) ? MATCH : NOT_MINE;
}

function isNatPmp(bytes: Uint8Array, start: number, end: number): boolean {
  const operation = bytes[start + 1]!;
  const length = end - start;
  if (operation === 1 || operation === 2)
    return length === MAP_REQUEST_LEN && u16(bytes, start + 2) === 0 && u32(bytes, start + 8) < MAX_LIFETIME_S;
  if (operation < RESPONSE || operation > RESPONSE + 2 || u16(bytes, start + 2) > LAST_RESULT) return false;
  return length === (operation === RESPONSE ? ADDRESS_RESPONSE_LEN : MAP_RESPONSE_LEN);
}

/** Words, an operation that exists; a request names the client's address, a response has twelve reserved bytes. */
function isPcp(p: Probe): boolean {
  const { bytes, start, end } = p;
  const length = end - start;
  if (length < PCP_HEADER_LEN || length > PCP_MAX_LEN || length % 4 !== 0 || bytes[start + 2] !== 0) return false;
  const operation = bytes[start + 1]!;
  if ((operation & 0x7f) > 3) return false;
  if (operation >= RESPONSE) return bytes[start + 3]! <= PCP_LAST_RESULT && isAll(bytes, start + 12, start + 24, 0);
  if (bytes[start + 3] !== 0) return false;
  if (p.ipVersion === 4) return isAll(bytes, start + 8, start + 18, 0) && u16(bytes, start + 18) === 0xffff;
  for (let i = 0; i < 16; i++) if (bytes[start + 8 + i] !== p.addressBytes[p.srcAddr + i]) return false;
  return true;
}
