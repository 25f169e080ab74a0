// Flow records of routers: NetFlow versions 1, 5, 7, 8, 9 (RFC 3954) and IPFIX (RFC 7011).
// Owns: what such messages look like. Bound: walks the sets of one message, keeps nothing.
import {
  defineProtocols,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolSpec,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { isExactly } from '@kaipo/core/wire/exact.js';

/** Flow records of routers (NetFlow v1 to v9). */
const netflowSpec: ProtocolSpec = {
  name: 'netflow',
  transports: ['udp'],
  ports: [2055, 9995, 9996, 2056, 4729, 9555],
  firstBytes: [0],
  datagram: { minBytes: 16, at: 1, values: [1, 5, 7, 8, 9] },
  probe: probeNetflow,
};

/** Flow records of routers (IPFIX). */
const ipfixSpec: ProtocolSpec = {
  name: 'ipfix',
  transports: ['udp', 'tcp', 'sctp'],
  ports: [4739, 2055],
  firstBytes: [0],
  datagram: { minBytes: 16, at: 1, values: [10] },
  probe: probeIpfix,
};

export const netflowPlugin = defineProtocols('netflow', 'Flow records of routers (NetFlow v1 to v9, IPFIX)', [
  netflowSpec,
  ipfixSpec,
]);

const TCP = 6;
/** Lengths of header and record of the versions with fixed records. */
const HEADERS: Readonly<Record<number, number>> = { 1: 16, 5: 24, 7: 24 };
const RECORDS: Readonly<Record<number, number>> = { 1: 52, 5: 48, 7: 52 };
const MAX_RECORDS = 30;
const VERSION_8_HEADER = 28;
/** Record of version 8 by the way it was summed, from 1. */
const VERSION_8_RECORDS = Uint8Array.of(0, 28, 28, 24, 24, 40, 44, 32, 40, 24, 32, 32, 48, 40, 40);
const VERSION_9_HEADER = 20;
const IPFIX_HEADER = 16;
/** Seconds since the epoch: nobody exported before. */
const YEAR_2000_S = 946_684_800;
const FIRST_DATA_SET = 256;
const MIN_PACKET_BYTES = 20;
const DAY_S = 86_400;
const MAX_TEMPLATES = 64;
const MAX_FIELDS = 512;
const MAX_STEP = 64;
const MAX_IPFIX_RECORDS = 100;

function probeNetflow(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = end - start;
  if (length < 16) return NOT_MINE;
  const version = u16(bytes, start);
  const count = u16(bytes, start + 2);
  if (version === 9) return probe9(p, count);
  if (count === 0 || count > 100) return NOT_MINE;
  if (version === 8) {
    if (length < VERSION_8_HEADER) return NOT_MINE;
    const record = VERSION_8_RECORDS[bytes[start + 22]!] ?? 0;
    return record > 0 && bytes[start + 23] === 2 && isExactly(VERSION_8_HEADER + count * record, length, p.isCut)
      ? MATCH
      : NOT_MINE;
  }
  const header = HEADERS[version];
  if (header === undefined || count > MAX_RECORDS) return NOT_MINE;
  if (!isExactly(header + count * RECORDS[version]!, length, p.isCut)) return NOT_MINE;
  return isRecord(bytes, start + header, end, version) ? MATCH : NOT_MINE;
}

/**
 * Packets and the bytes in them (20 each at least), and the last of them not before the first. Version 1 has two bytes of padding
 * behind the ports, version 5 one; prefixes are no longer than an address.
 */
function isRecord(bytes: Uint8Array, at: number, end: number, version: number): boolean {
  if (at + 46 > end) return true;
  const packets = u32(bytes, at + 16);
  if (packets === 0 || u32(bytes, at + 20) < packets * MIN_PACKET_BYTES) return false;
  if (u32(bytes, at + 24) > u32(bytes, at + 28)) return false;
  if (version === 1) return u16(bytes, at + 36) === 0;
  return (version !== 5 || bytes[at + 36] === 0) && bytes[at + 44]! <= 32 && bytes[at + 45]! <= 32;
}

/** A datagram that begins with a template proves itself; data needs a second datagram of the same source. */
function probe9(p: Probe, count: number): Verdict {
  const { bytes, start, end } = p;
  const set = start + VERSION_9_HEADER;
  if (end - start < VERSION_9_HEADER + 8 || count === 0 || count >= 0x1000) return NOT_MINE;
  if (!setsFit(bytes, set, end, 0, p.isCut)) return NOT_MINE;
  if (u16(bytes, set) < FIRST_DATA_SET && areTemplates(bytes, set, end, 0)) return MATCH;
  // Data, or templates that are cut: the next one has the next number, or a later time.
  if (u32(bytes, start + 4) === 0) return NOT_MINE;
  return isNext(p, u32(bytes, start + 12), u32(bytes, start + 16), count) ? MATCH : UNSURE;
}

/** Does this datagram of a source have a number a little above that of the one before? Counted are datagrams, or records. */
function isNext(p: Probe, number: number, source: number, records: number): boolean {
  const step = (number - p.memoA) >>> 0;
  if (p.memoB === source + 1 && step > 0 && step <= Math.max(MAX_STEP, records * MAX_STEP)) return true;
  p.memoA = number;
  p.memoB = source + 1;
  return false;
}

/** Do the templates of the set at `at` have numbers, fields of which each has a length, and end with the set (or three zeros before)? */
function areTemplates(bytes: Uint8Array, at: number, end: number, kind: number): boolean {
  const stop = at + u16(bytes, at + 2);
  const isOptions = u16(bytes, at) !== kind;
  if (stop > end) return false;
  let next = at + 4;
  for (let i = 0; i < MAX_TEMPLATES && stop - next > 3; i++) {
    if (u16(bytes, next) < FIRST_DATA_SET) return false;
    // Options of version 9 count bytes of scopes and of fields; the others count fields, of options also the scopes.
    const isBytes = isOptions && kind === 0;
    if (isOptions && next + 6 > stop) return false;
    let fields = u16(bytes, next + 2) + (isBytes ? u16(bytes, next + 4) : 0);
    if (isBytes) fields /= 4;
    next += isOptions ? 6 : 4;
    if (fields === 0 || fields > MAX_FIELDS) return false;
    for (; fields > 0; fields -= 1) {
      if (next + 4 > stop || u16(bytes, next + 2) === 0) return false;
      // IPFIX: the top bit says that the number of an enterprise follows.
      next += kind === 2 && bytes[next]! >= 0x80 ? 8 : 4;
    }
  }
  return next <= stop && next > at + 4;
}

function probeIpfix(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < IPFIX_HEADER + 4) return p.transport === TCP ? UNSURE : NOT_MINE;
  const length = u16(bytes, start + 2);
  if (u16(bytes, start) !== 10 || length < IPFIX_HEADER + 4 || u32(bytes, start + 4) < YEAR_2000_S) return NOT_MINE;
  if (p.transport === TCP) {
    if (end - start < length) return UNSURE;
    return setsFit(bytes, start + IPFIX_HEADER, start + length, 2, false) ? MATCH : NOT_MINE;
  }
  if (!isExactly(length, end - start, p.isCut) || !setsFit(bytes, start + IPFIX_HEADER, end, 2, p.isCut))
    return NOT_MINE;
  const set = start + IPFIX_HEADER;
  if (u16(bytes, set) < FIRST_DATA_SET && areTemplates(bytes, set, end, 2)) return MATCH;
  // Data is sure with the time of day, or with a second one that goes on.
  if (Math.abs(u32(bytes, start + 4) - p.tsUs / 1e6) <= DAY_S) return MATCH;
  return isNext(p, u32(bytes, start + 8), u32(bytes, start + 12), MAX_IPFIX_RECORDS) ? MATCH : UNSURE;
}

/** Sets of templates, options (`first` and the next number) or data, as long as they say, to the last byte. */
function setsFit(bytes: Uint8Array, start: number, end: number, first: number, isCut: boolean): boolean {
  let at = start;
  let sets = 0;
  while (at + 4 <= end) {
    const id = u16(bytes, at);
    const length = u16(bytes, at + 2);
    if ((id !== first && id !== first + 1 && id < FIRST_DATA_SET) || length < 8) return false;
    at += length;
    sets += 1;
  }
  return sets > 0 && (at === end || (isCut && at > end));
}
