// The frames that nearly all traffic is made of, read without a walk over layers: Ethernet, IPv4 without options or IPv6 without
// extension headers, whole TCP or UDP. Owns: the same columns as decode-batch.ts, for these frames only. Anything else at all, and all
// that is wrong or cut, is left to the layers, which say the same of these frames (test/unit/decode/usual-frame.test.ts).
/** @hot */
import { type FrameBatch, MARK_PAYLOAD, MARK_PORTS, MARK_TRUNCATED, VERDICT_DECODED } from '../frame/frame-batch.js';
import { u16 } from '../wire/bytes.js';
import { ETHERNET_HEADER_LEN, ethernetType } from '../wire/ethernet.js';
import { TYPE_IPV4, TYPE_IPV6 } from '../wire/ethertypes.js';
import { IP_TCP, IP_UDP } from '../wire/ip-protocols.js';
import {
  IPV4_MIN_HEADER_LEN,
  ipv4DestinationAt,
  ipv4IsWhole,
  ipv4Protocol,
  ipv4SourceAt,
  ipv4TotalLength,
} from '../wire/ipv4.js';
import { IPV6_HEADER_LEN, ipv6DestinationAt, ipv6NextHeader, ipv6PayloadLength, ipv6SourceAt } from '../wire/ipv6.js';
import { LINK_ETHERNET } from '../wire/link-types.js';
import { TCP_MIN_HEADER_LEN, tcpFlagsByte, tcpHeaderLength } from '../wire/tcp.js';
import { UDP_HEADER_LEN, udpLength } from '../wire/udp.js';
import { isTunnelPort } from './udp-tunnels.js';

const VERSION_4_NO_OPTIONS = 0x45;
/** Ethernet, IPv4 and UDP: nothing shorter is of use here. */
const LEAST_LEN = ETHERNET_HEADER_LEN + IPV4_MIN_HEADER_LEN + UDP_HEADER_LEN;

/** Fills the decode columns of a row and is true, or leaves them and is false. */
export function decodeUsual(batch: FrameBatch, row: number): boolean {
  const capLen = batch.capLen[row]!;
  if (batch.linkType[row] !== LINK_ETHERNET || capLen < LEAST_LEN) return false;
  const { bytes } = batch;
  const at = batch.frameStart[row]!;
  const ip = at + ETHERNET_HEADER_LEN;
  const type = ethernetType(bytes, at);
  if (type === TYPE_IPV4) {
    if (bytes[ip] !== VERSION_4_NO_OPTIONS || !ipv4IsWhole(bytes, ip)) return false;
    const end = ip + ipv4TotalLength(bytes, ip);
    if (end > at + capLen || !transport(batch, row, ip + IPV4_MIN_HEADER_LEN, end, ipv4Protocol(bytes, ip)))
      return false;
    batch.ipVersion[row] = 4;
    batch.srcAddr[row] = ipv4SourceAt(ip);
    batch.dstAddr[row] = ipv4DestinationAt(ip);
  } else if (type === TYPE_IPV6) {
    const l4 = ip + IPV6_HEADER_LEN;
    if (bytes[ip]! >> 4 !== 6 || capLen < ETHERNET_HEADER_LEN + IPV6_HEADER_LEN) return false;
    const end = l4 + ipv6PayloadLength(bytes, ip);
    if (end > at + capLen || !transport(batch, row, l4, end, ipv6NextHeader(bytes, ip))) return false;
    batch.ipVersion[row] = 6;
    batch.srcAddr[row] = ipv6SourceAt(ip);
    batch.dstAddr[row] = ipv6DestinationAt(ip);
  } else return false;
  batch.etherType[row] = type;
  batch.fragmentId[row] = 0;
  batch.tunnels[row] = 0;
  batch.verdict[row] = VERDICT_DECODED;
  return true;
}

/** TCP or UDP in [l4, end), all of which was captured; false when the header is not quite as it should be. */
function transport(batch: FrameBatch, row: number, l4: number, end: number, proto: number): boolean {
  const { bytes } = batch;
  let payload = l4 + UDP_HEADER_LEN;
  let payloadEnd = end;
  if (proto === IP_TCP) {
    if (l4 + TCP_MIN_HEADER_LEN > end) return false;
    const length = tcpHeaderLength(bytes, l4);
    payload = l4 + length;
    if (length < TCP_MIN_HEADER_LEN || payload > end) return false;
    batch.tcpFlags[row] = tcpFlagsByte(bytes, l4);
  } else if (proto === IP_UDP) {
    if (payload > end) return false;
    payloadEnd = l4 + udpLength(bytes, l4);
    if (payloadEnd < payload || payloadEnd > end) return false;
    if (isTunnelPort(u16(bytes, l4)) || isTunnelPort(u16(bytes, l4 + 2))) return false;
    batch.tcpFlags[row] = 0;
  } else return false;
  batch.ipProto[row] = proto;
  batch.srcPort[row] = u16(bytes, l4);
  batch.dstPort[row] = u16(bytes, l4 + 2);
  batch.l4Start[row] = l4;
  batch.payloadStart[row] = payload;
  batch.payloadEnd[row] = payloadEnd;
  batch.marks[row] =
    MARK_PORTS |
    (payload < payloadEnd ? MARK_PAYLOAD : 0) |
    (batch.capLen[row]! < batch.wireLen[row]! ? MARK_TRUNCATED : 0);
  return true;
}
