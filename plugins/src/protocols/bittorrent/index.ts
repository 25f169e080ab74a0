// BitTorrent: peer handshake over TCP or µTP (BEP 3, BEP 29), DHT messages (BEP 5), UDP trackers (BEP 15), local discovery (BEP 14).
// Owns: what each of them begins with. Bound: one look at a packet; µTP that is met in the middle needs two packets that fit.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, indexOfBytes, mayBegin } from '@kaipo/core/wire/match.js';

const TCP = 6;
const HANDSHAKE = asciiBytes('\x13BitTorrent protocol');
const DISCOVERY = asciiBytes('BT-SEARCH * HTTP/1.1\r\n');
const MESSAGE_TYPE = asciiBytes('1:y1:');
/** BEP 15: the number every connect request begins with. */
const TRACKER_HIGH = 0x00000417;
const TRACKER_LOW = 0x27101980;
const UTP_HEADER_BYTES = 20;
const UTP_DATA = 0;
const UTP_FIN = 1;
const UTP_STATE = 2;
const UTP_SYN = 4;
const MAX_WINDOW = 1 << 28;
const MIN_CONNECTION = 64;

/** DHT, discovery, trackers, and the five types of µTP in its version 1. */
const DATAGRAMS_BEGIN = [0x64, 0x42, 0, 0x01, 0x11, 0x21, 0x31, 0x41];

export const bittorrentPlugin = defineProtocol('BitTorrent: peers (TCP and µTP), DHT, trackers, local discovery', {
  name: 'bittorrent',
  transports: ['tcp', 'udp'],
  ports: [6881, 6882, 6883, 6889, 51413, 6771, 6969],
  datagram: { values: DATAGRAMS_BEGIN },
  stream: { values: [HANDSHAKE[0]!] },
  application: 'BitTorrent',
  probe: (p) => (p.transport === TCP ? probePeer(p) : probeDatagram(p)),
});

function probePeer(p: Probe): Verdict {
  if (beginsWith(p.bytes, p.start, p.end, HANDSHAKE)) return MATCH;
  return mayBegin(p.bytes, p.start, p.end, HANDSHAKE) ? UNSURE : NOT_MINE;
}

function probeDatagram(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = end - start;
  const first = bytes[start]!;
  if (first === 0x64) return isDht(bytes, start, end) ? MATCH : NOT_MINE;
  if (first === 0x42) return beginsWith(bytes, start, end, DISCOVERY) ? MATCH : NOT_MINE;
  if (length < 16) return NOT_MINE;
  if (u32(bytes, start) === TRACKER_HIGH && u32(bytes, start + 4) === TRACKER_LOW && u32(bytes, start + 8) === 0)
    return length === 16 ? MATCH : NOT_MINE;
  return probeUtp(p);
}

/** A bencoded dictionary that begins with the arguments, the answer, an error or an address, and says its type (BEP 5, BEP 42). */
function isDht(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 30 || bytes[end - 1] !== 0x65) return false;
  const isKey = (at: number): boolean => bytes[at] === 0x31 && bytes[at + 1] === 0x3a;
  const isAddress = bytes[start + 1] === 0x32 && bytes[start + 2] === 0x3a && bytes[start + 3] === 0x69;
  if (!isKey(start + 1) && !isAddress) return false;
  return indexOfBytes(bytes, Math.max(start, end - 64), end, MESSAGE_TYPE) >= 0;
}

/** BEP 29. A SYN is certain by itself; else one packet of each side whose connection numbers are neighbours. */
function probeUtp(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < UTP_HEADER_BYTES || (bytes[start]! & 0xf) !== 1) return NOT_MINE;
  const type = bytes[start]! >> 4;
  const extension = bytes[start + 1]!;
  if (type > UTP_SYN || extension > 2 || u32(bytes, start + 12) > MAX_WINDOW) return NOT_MINE;
  // Data has some, a state has none; selective acknowledgements are whole words.
  if (
    extension === 0 &&
    (type === UTP_DATA) === (end - start === UTP_HEADER_BYTES) &&
    type <= UTP_STATE &&
    type !== UTP_FIN
  )
    return NOT_MINE;
  if (extension > 0 && (end - start < UTP_HEADER_BYTES + 6 || bytes[start + 21] === 0 || bytes[start + 21]! % 4 !== 0))
    return NOT_MINE;
  const connection = u16(bytes, start + 2);
  if (type === UTP_SYN) {
    const isFirst = u32(bytes, start + 8) === 0 && u16(bytes, start + 16) === 1 && u16(bytes, start + 18) === 0;
    const isBare = extension === 0 ? end - start === UTP_HEADER_BYTES : end - start <= UTP_HEADER_BYTES + 12;
    return isFirst && isBare && u32(bytes, start + 4) !== 0 && u32(bytes, start + 12) !== 0 ? MATCH : NOT_MINE;
  }
  // The numbers of the other side's packet are kept: its acknowledgement is near our sequence number.
  if (p.otherLength < UTP_HEADER_BYTES || (p.otherBytes[0]! & 0xf) !== 1 || p.otherBytes[0]! >> 4 > UTP_SYN)
    return UNSURE;
  const other = u16(p.otherBytes, 2);
  // The lower one of the two numbers is drawn from 65,536.
  if (Math.min(other, connection) < MIN_CONNECTION) return NOT_MINE;
  const isPair = ((other - connection) & 0xffff) === 1 || ((connection - other) & 0xffff) === 1;
  const isNear = ((u16(bytes, start + 18) - u16(p.otherBytes, 16)) & 0xffff) < 64;
  // Packets are counted from 1.
  if (u16(bytes, start + 16) === 0 || u16(p.otherBytes, 16) === 0) return NOT_MINE;
  if (u32(p.otherBytes, 12) > MAX_WINDOW) return NOT_MINE;
  // Clocks of microseconds, and the difference between them: never the same twice.
  if (u32(bytes, start + 4) === u32(p.otherBytes, 4) || u32(bytes, start + 8) === u32(p.otherBytes, 8)) return NOT_MINE;
  return isPair && isNear && u32(bytes, start + 4) !== 0 && u32(bytes, start + 8) !== 0 ? MATCH : NOT_MINE;
}
