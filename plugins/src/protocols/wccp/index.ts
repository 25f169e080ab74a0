// Web cache communication protocol, version 2 (draft-mclaggan-wccp-v2rev1) and 1.
// Owns: what such datagrams look like. Bound: walks the components of one datagram, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { isExactly } from '@kaipo/core/wire/exact.js';

export const wccpPlugin = defineProtocol('Routers and web caches (WCCP)', {
  name: 'wccp',
  transports: ['udp'],
  ports: [2048],
  isPortBound: true,
  firstBytes: [0],
  probe,
});

const HERE_I_AM = 10;
const REMOVAL_QUERY = 12;
const VERSION_2_HEADER_LEN = 8;
const FIRST_VERSION_1 = 7;
const LAST_VERSION_1 = 9;
const VERSION_1 = 4;
const I_SEE_YOU = 8;
const MAX_CACHES = 32;
/** Address, revision, 32 bytes of buckets, and flags. */
const CACHE_BYTES = 44;

/** "I see you" lists its caches, "here I am" has a revision of 0; both, and the assignment, have room for 256 bits of buckets. */
function isVersion1(p: Probe, type: number): boolean {
  const { bytes, start, end } = p;
  if (type === I_SEE_YOU) {
    const caches = u32(bytes, start + 16);
    return end - start >= 20 && caches <= MAX_CACHES && isExactly(20 + caches * CACHE_BYTES, end - start, p.isCut);
  }
  return end - start >= CACHE_BYTES && u32(bytes, start + 8) === 0;
}

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < VERSION_2_HEADER_LEN + 8) return NOT_MINE;
  const type = u32(bytes, start);
  if (type >= FIRST_VERSION_1 && type <= LAST_VERSION_1)
    return u32(bytes, start + 4) === VERSION_1 && isVersion1(p, type) ? MATCH : NOT_MINE;
  if (type < HERE_I_AM || type > REMOVAL_QUERY + 1) return NOT_MINE;
  const version = u16(bytes, start + 4);
  if (version !== 0x0200 && version !== 0x0201) return NOT_MINE;
  return isExactly(u16(bytes, start + 6) + VERSION_2_HEADER_LEN, end - start, p.isCut) ? MATCH : NOT_MINE;
}
