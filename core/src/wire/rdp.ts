// How RDP connections begin: the X.224 connection request and confirm in a TPKT, and the SYN of RDP over UDP.
// Owns: the checked doors `rdpConnectEnd`, `isRdpUdpSyn`. Must not know: flows. Bound: one packet of at most 260 bytes.
// MS-RDPBCGR sections 2.2.1.1 and 2.2.1.2, MS-RDPEUDP section 2.2.
/** @hot */
import { u16, u32, u32le } from './bytes.js';
import { asciiBytes, beginsWith } from './match.js';

const TPKT_VERSION = 3;
const CONNECT_REQUEST = 0xe0;
const CONNECT_CONFIRM = 0xd0;
/** Length indicator, type, two references, class. */
const X224_BYTES = 7;
const TPKT_BYTES = 4;
const COOKIE = asciiBytes('Cookie: ms');
const NEGOTIATION_REQUEST = 1;
const NEGOTIATION_RESPONSE = 2;
const NEGOTIATION_FAILURE = 3;
const NEGOTIATION_BYTES = 8;

export const RDP_NOT = -1;
export const RDP_CUT = -2;

/** Where the connection request (or, `isConfirm`, the confirm) at `start` ends; RDP_NOT, RDP_CUT. */
export function rdpConnectEnd(bytes: Uint8Array, start: number, end: number, isConfirm: boolean): number {
  const there = end - start;
  if (there < 1 || bytes[start] !== TPKT_VERSION) return RDP_NOT;
  if (there > 1 && bytes[start + 1] !== 0) return RDP_NOT;
  if (there < TPKT_BYTES + X224_BYTES) return there > 2 && bytes[start + 2]! > 1 ? RDP_NOT : RDP_CUT;
  const length = u16(bytes, start + 2);
  const indicator = bytes[start + 4]!;
  if (indicator !== length - 5 || indicator < X224_BYTES - 1) return RDP_NOT;
  if (bytes[start + 5] !== (isConfirm ? CONNECT_CONFIRM : CONNECT_REQUEST)) return RDP_NOT;
  // The request refers to nothing; the confirm gives a reference of its own.
  if (u16(bytes, start + 6) !== 0 || (!isConfirm && u16(bytes, start + 8) !== 0) || bytes[start + 10] !== 0)
    return RDP_NOT;
  const stop = start + length;
  const body = start + TPKT_BYTES + X224_BYTES;
  if (stop === body) return stop;
  if (!isConfirm && beginsWith(bytes, body, Math.min(stop, end), COOKIE)) return stop > end ? RDP_CUT : stop;
  if (stop > end) return RDP_CUT;
  return rdpNegotiationAt(bytes, start, stop) >= 0 ? stop : RDP_NOT;
}

/** Offset of the negotiation field of the checked packet [start, stop), else -1. It stands at the end, before correlation data. */
export function rdpNegotiationAt(bytes: Uint8Array, start: number, stop: number): number {
  const isConfirm = bytes[start + 5] === CONNECT_CONFIRM;
  const at = isConfirm ? start + TPKT_BYTES + X224_BYTES : rdpCookieEnd(bytes, start, stop);
  if (stop - at < NEGOTIATION_BYTES || bytes[at + 2] !== NEGOTIATION_BYTES || bytes[at + 3] !== 0) return -1;
  const kind = bytes[at]!;
  if (isConfirm) return kind === NEGOTIATION_RESPONSE || kind === NEGOTIATION_FAILURE ? at : -1;
  return kind === NEGOTIATION_REQUEST ? at : -1;
}

/** Protocol the server has chosen (1 TLS, 2 CredSSP, 8 CredSSP with early authorisation, 0 RDP's own), -1: none, or refused. */
export function rdpChosenProtocol(bytes: Uint8Array, start: number, stop: number): number {
  const at = rdpNegotiationAt(bytes, start, stop);
  return at >= 0 && bytes[at] === NEGOTIATION_RESPONSE ? u32le(bytes, at + 4) : -1;
}

/** Just after the line "Cookie: mstshash=user" of a request, or where it would begin. */
export function rdpCookieEnd(bytes: Uint8Array, start: number, stop: number): number {
  const body = start + TPKT_BYTES + X224_BYTES;
  for (let at = body; at + 1 < stop && at < body + 250; at++)
    if (bytes[at] === 13 && bytes[at + 1] === 10) return at + 2;
  return body;
}

/** Offset of the cookie line. */
export const rdpCookieAt = (start: number): number => start + TPKT_BYTES + X224_BYTES;

const UDP_NOTHING_ACKNOWLEDGED = 0xffff_ffff;
const UDP_FLAG_SYN = 1;
const UDP_MIN_MTU = 1_132;
const UDP_MAX_MTU = 1_232;

/** RDP over UDP: a SYN acknowledges nothing, says the two MTUs, and is padded with zeros to the MTU. */
export function isRdpUdpSyn(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < UDP_MIN_MTU || end - start > UDP_MAX_MTU || u32(bytes, start) !== UDP_NOTHING_ACKNOWLEDGED)
    return false;
  if ((bytes[start + 7]! & UDP_FLAG_SYN) === 0) return false;
  const upstream = u16(bytes, start + 12);
  const downstream = u16(bytes, start + 14);
  if (upstream < UDP_MIN_MTU || upstream > UDP_MAX_MTU || downstream < UDP_MIN_MTU || downstream > UDP_MAX_MTU)
    return false;
  return bytes[end - 1] === 0 && u32(bytes, end - 8) === 0;
}
