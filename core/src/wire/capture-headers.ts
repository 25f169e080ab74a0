// Headers that capture systems put in front of a frame and that name its link type: PPI, PKTAP, ERF.
/** @hot */
import { u16, u16le, u32le } from './bytes.js';

const PPI_VERSION = 0;
const PPI_LENGTH = 2;
const PPI_LINK_TYPE = 4;
export const PPI_MIN_LEN = 8;
export const ppiVersion = (bytes: Uint8Array, at: number): number => bytes[at + PPI_VERSION]!;
export const ppiLength = (bytes: Uint8Array, at: number): number => u16le(bytes, at + PPI_LENGTH);
export const ppiLinkType = (bytes: Uint8Array, at: number): number => u32le(bytes, at + PPI_LINK_TYPE);

const PKTAP_LENGTH = 0;
const PKTAP_RECORD_TYPE = 4;
const PKTAP_LINK_TYPE = 8;
export const PKTAP_MIN_LEN = 12;
const PKTAP_RECORD_PACKET = 1;
/** The header Darwin writes has 108 bytes; later ones may grow. */
export const PKTAP_LEN_MIN = 108;
export const pktapLength = (bytes: Uint8Array, at: number): number => u32le(bytes, at + PKTAP_LENGTH);
export const pktapHasPacket = (bytes: Uint8Array, at: number): boolean =>
  u32le(bytes, at + PKTAP_RECORD_TYPE) === PKTAP_RECORD_PACKET;
export const pktapLinkType = (bytes: Uint8Array, at: number): number => u32le(bytes, at + PKTAP_LINK_TYPE);

const ERF_TYPE = 8;
export const ERF_LEN = 16;
const ERF_EXTENSION = 0x80;
const ERF_EXTENSION_LEN = 8;
const ERF_EXTENSIONS_MAX = 8;
export const ERF_HDLC = 1;
export const ERF_ETHERNET = 2;
export const ERF_ETHERNET_COLOR = 11;
export const ERF_ETHERNET_DSM = 16;
export const ERF_IPV4 = 22;
export const ERF_IPV6 = 23;
/** Offset and pad byte in front of a frame of an ERF Ethernet record. */
export const ERF_ETHERNET_PAD = 2;
export const erfType = (bytes: Uint8Array, at: number): number => bytes[at + ERF_TYPE]! & 0x7f;

/** Offset after the header and its extensions, or -1. */
export function erfPayloadAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + ERF_LEN > end) return -1;
  let next = at + ERF_LEN;
  let more = (bytes[at + ERF_TYPE]! & ERF_EXTENSION) !== 0;
  for (let i = 0; more; i++) {
    if (i === ERF_EXTENSIONS_MAX || next + ERF_EXTENSION_LEN > end) return -1;
    more = (bytes[next]! & ERF_EXTENSION) !== 0;
    next += ERF_EXTENSION_LEN;
  }
  return next;
}

/** IP over InfiniBand (LINKTYPE_IPOIB): a route header of 40 bytes, an EtherType, two bytes without meaning. */
export const IPOIB_LEN = 44;
export const ipoibType = (bytes: Uint8Array, at: number): number => u16(bytes, at + 40);

/** Apple's IP over FireWire: two addresses of eight bytes, then an EtherType. */
export const IEEE1394_LEN = 18;
export const ieee1394Type = (bytes: Uint8Array, at: number): number => u16(bytes, at + 16);
