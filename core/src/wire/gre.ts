// GRE (RFC 2784, RFC 2890, RFC 1701), its PPTP form (RFC 2637), and the headers that live right behind it: ERSPAN
// (draft-foschiano-erspan-03) and WCCP redirection.
/** @hot */
import { u16 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';

const PROTOCOL = 2;
export const GRE_MIN_LEN = 4;
const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGEMENT = 0x0080;
const VERSION = 0x0007;

/** Source routes of RFC 1701 are an unbounded list; nobody sends them, so they end decoding. */
export function checkGre(bytes: Uint8Array, at: number, end: number): Check {
  if (at + GRE_MIN_LEN > end) return SHORT;
  if (greVersion(bytes, at) > 1 || (u16(bytes, at) & ROUTING) !== 0) return BAD;
  return at + greLength(bytes, at) > end ? SHORT : FITS;
}

export const greVersion = (bytes: Uint8Array, at: number): number => u16(bytes, at) & VERSION;
export const greHasSequence = (bytes: Uint8Array, at: number): boolean => (u16(bytes, at) & SEQUENCE) !== 0;
export const greProtocol = (bytes: Uint8Array, at: number): number => u16(bytes, at + PROTOCOL);
/** The four fixed bytes and the optional fields that the flags announce. */
export function greLength(bytes: Uint8Array, at: number): number {
  const flags = u16(bytes, at);
  let length = GRE_MIN_LEN;
  if ((flags & CHECKSUM) !== 0) length += 4;
  if ((flags & KEY) !== 0) length += 4;
  if ((flags & SEQUENCE) !== 0) length += 4;
  if ((flags & VERSION) === 1 && (flags & ACKNOWLEDGEMENT) !== 0) length += 4;
  return length;
}

export const ERSPAN_II_LEN = 8;
const ERSPAN_III_LEN = 12;
const ERSPAN_III_SUBHEADER = 0x01;
const ERSPAN_III_FRAME_TYPE = 10;

/** Length of an ERSPAN III header with its platform sub-header; the caller has checked twelve bytes. */
export const erspan3Length = (bytes: Uint8Array, at: number): number =>
  ERSPAN_III_LEN + ((bytes[at + 11]! & ERSPAN_III_SUBHEADER) !== 0 ? 8 : 0);
/** Frame type: 0 Ethernet, 2 IP. */
export const erspan3FrameType = (bytes: Uint8Array, at: number): number =>
  (bytes[at + ERSPAN_III_FRAME_TYPE]! >> 2) & 0x1f;
export const ERSPAN_III_MIN_LEN = ERSPAN_III_LEN;

/** Ethernet by another number, Frame Relay, and the HDLC streams of 3GPP2 networks. */
export const GRE_ETHERNET_OLD = 0x6400;
export const GRE_FRAME_RELAY = 0x6559;
export const GRE_HDLC = 0x8881;
export const GRE_HDLC_2 = 0x88d2;
/** Access points of Aruba tunnel 802.11 frames under a number for each of their priorities. */
export const greIsWlan = (protocol: number): boolean =>
  protocol >= 0x8200 && protocol <= 0x8350 && (protocol & 0x0f) === 0;

/** WCCP version 2 puts four bytes before the packet, version 1 none: an IPv4 packet cannot begin with them. */
export const wccpLength = (bytes: Uint8Array, at: number): number => (bytes[at]! >> 4 === 4 ? 0 : 4);
