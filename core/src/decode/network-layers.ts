// IPv4 and IPv6 with their extension headers and fragments. An IP header that is sane takes the packet over: its addresses
// are the packet's, whatever an outer header has said before.
/** @hot */
import {
  MARK_FIRST_FRAGMENT,
  MARK_LATER_FRAGMENT,
  MARK_PAYLOAD,
  MARK_PORTS,
  MARK_TUNNEL,
} from '../frame/frame-batch.js';
import { FITS } from '../wire/check.js';
import { TYPE_IPV4, TYPE_IPV6 } from '../wire/ethertypes.js';
import { IP_AH, IP_NO_NEXT, IP_TCP, IP_UDP } from '../wire/ip-protocols.js';
import {
  checkIpv4,
  ipv4DestinationAt,
  ipv4FragmentOffset,
  ipv4HeaderLength,
  ipv4Identification,
  ipv4IsWhole,
  ipv4Protocol,
  ipv4SourceAt,
  ipv4TotalLength,
} from '../wire/ipv4.js';
import {
  checkIpv6,
  EXTENSION_MIN_LEN,
  extensionLength,
  extensionNext,
  FRAGMENT_HEADER_LEN,
  IPV6_HEADER_LEN,
  ipv6DestinationAt,
  ipv6FragmentId,
  ipv6FragmentOffset,
  ipv6IsAllocated,
  ipv6MoreFragments,
  ipv6NextHeader,
  ipv6PayloadLength,
  ipv6SourceAt,
} from '../wire/ipv6.js';
import type { Cursor } from './cursor.js';
import { LAYER_END, LAYER_IPV4, LAYER_IPV6, LAYER_TCP, LAYER_UDP, LAYER_UPPER, type Layer } from './layers.js';

/** Marks that describe one IP packet: an inner one begins without them. */
const INNER_MARKS = MARK_PORTS | MARK_FIRST_FRAGMENT | MARK_LATER_FRAGMENT | MARK_PAYLOAD;

/** Version by the first four bits: raw link types and tunnels that carry either. */
export function ipLayer(c: Cursor): Layer {
  if (c.at >= c.end) return c.short();
  const version = c.bytes[c.at]! >> 4;
  return version === 4 ? LAYER_IPV4 : version === 6 ? LAYER_IPV6 : c.bad();
}

export function ipv4Layer(c: Cursor): Layer {
  const at = c.at;
  const check = checkIpv4(c.bytes, at, c.end);
  if (check !== FITS) return c.fail(check);
  const total = ipv4TotalLength(c.bytes, at);
  if (c.guess && !c.cut && total > c.end - at) return LAYER_END;
  c.guess = false;
  if (total !== 0) c.limit(total);
  c.ipVersion = 4;
  c.srcAddr = ipv4SourceAt(at);
  c.dstAddr = ipv4DestinationAt(at);
  takeOver(c, TYPE_IPV4, ipv4Protocol(c.bytes, at));
  const headerLength = ipv4HeaderLength(c.bytes, at);
  if (!c.skip(headerLength)) return c.short();
  markPayload(c);
  if (ipv4IsWhole(c.bytes, at)) return upper(c);
  return fragment(c, ipv4FragmentOffset(c.bytes, at), ipv4Identification(c.bytes, at));
}

export function ipv6Layer(c: Cursor): Layer {
  const at = c.at;
  const check = checkIpv6(c.bytes, at, c.end);
  if (check !== FITS) return c.fail(check);
  const length = ipv6PayloadLength(c.bytes, at);
  if (c.guess && !c.cut && length > c.end - at - IPV6_HEADER_LEN) return LAYER_END;
  if (c.guess && !ipv6IsAllocated(c.bytes, at)) return LAYER_END;
  c.guess = false;
  c.at = at + IPV6_HEADER_LEN;
  if (length !== 0) c.limit(length);
  c.ipVersion = 6;
  c.srcAddr = ipv6SourceAt(at);
  c.dstAddr = ipv6DestinationAt(at);
  takeOver(c, TYPE_IPV6, ipv6NextHeader(c.bytes, at));
  return upper(c);
}

/** One extension header of IPv6, or AH of either version: `c.proto` names it. */
export function extensionLayer(c: Cursor): Layer {
  const at = c.at;
  if (at + EXTENSION_MIN_LEN > c.end) return c.short();
  const header = c.proto;
  const next = extensionNext(c.bytes, at);
  if (!c.skip(extensionLength(c.bytes, at, header))) return c.short();
  markPayload(c);
  // "No next header" after a header that is a message itself (mobility, HIP) leaves that one as the protocol.
  if (next === IP_NO_NEXT && header !== IP_AH) return LAYER_END;
  c.proto = next;
  c.ipProto = next;
  return LAYER_UPPER;
}

export function ipv6FragmentLayer(c: Cursor): Layer {
  const at = c.at;
  if (!c.skip(FRAGMENT_HEADER_LEN)) return c.short();
  const next = extensionNext(c.bytes, at);
  c.proto = next;
  c.ipProto = next;
  markPayload(c);
  const offset = ipv6FragmentOffset(c.bytes, at);
  // An atomic fragment (RFC 6946) is a whole packet.
  if (offset === 0 && !ipv6MoreFragments(c.bytes, at)) return LAYER_UPPER;
  return fragment(c, offset, ipv6FragmentId(c.bytes, at));
}

/** The two protocols of nearly every packet need no further dispatch. */
function upper(c: Cursor): Layer {
  return c.proto === IP_TCP ? LAYER_TCP : c.proto === IP_UDP ? LAYER_UDP : LAYER_UPPER;
}

function fragment(c: Cursor, offset: number, id: number): Layer {
  c.fragmentId = id | 0;
  if (offset !== 0) {
    c.marks |= MARK_LATER_FRAGMENT;
    return LAYER_END;
  }
  c.marks |= MARK_FIRST_FRAGMENT;
  c.cut = true; // what goes on in the next fragment is not missing
  return LAYER_UPPER;
}

function takeOver(c: Cursor, type: number, proto: number): void {
  c.etherType = type;
  c.proto = proto;
  c.ipProto = proto;
  c.fragmentId = 0;
  c.srcPort = 0;
  c.dstPort = 0;
  c.tcpFlags = 0;
  c.tunnels = c.outer;
  c.marks = (c.marks & ~INNER_MARKS) | (c.outer === 0 ? 0 : MARK_TUNNEL);
  markPayload(c);
}

/** Until a transport header is read, the payload is all that is left. */
function markPayload(c: Cursor): void {
  c.l4Start = c.at;
  c.payloadStart = c.at;
  c.payloadEnd = c.end;
}
