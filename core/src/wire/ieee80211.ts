// IEEE 802.11 frames, and the radio headers in front of them: radiotap, Prism, AVS.
/** @hot */
import { u16, u16le, u32, u32le } from './bytes.js';

const FLAGS = 1;
const VERSION_MASK = 0x03;
const TYPE_MASK = 0x0c;
const TYPE_DATA = 0x08;
const SUBTYPE_NO_DATA = 0x40;
const SUBTYPE_QOS = 0x80;
const FLAG_TO_DS = 0x01;
const FLAG_FROM_DS = 0x02;
const FLAG_PROTECTED = 0x40;
const FLAG_ORDER = 0x80;
const SEQUENCE_CONTROL = 22;
const THREE_ADDRESSES_LEN = 24;
const ADDRESS_LEN = 6;
const QOS_AMSDU = 0x80;
const HT_CONTROL_LEN = 4;
/** Destination, source and length of one part of an aggregate. */
const AMSDU_SUBHEADER_LEN = 14;

/** Frame control and duration: what even the shortest control frame has. */
export const WLAN_MIN_LEN = 10;
export const wlanIsVersion0 = (bytes: Uint8Array, at: number): boolean => (bytes[at]! & VERSION_MASK) === 0;

/** A data frame in clear that begins an LLC header: not null, not encrypted, first fragment. The caller has checked 24 bytes. */
export function wlanCarriesLlc(bytes: Uint8Array, at: number): boolean {
  return (
    (bytes[at]! & TYPE_MASK) === TYPE_DATA &&
    (bytes[at]! & SUBTYPE_NO_DATA) === 0 &&
    (bytes[at + FLAGS]! & FLAG_PROTECTED) === 0 &&
    (bytes[at + SEQUENCE_CONTROL]! & 0x0f) === 0
  );
}
export const WLAN_DATA_MIN_LEN = THREE_ADDRESSES_LEN;
export const wlanIsData = (bytes: Uint8Array, at: number): boolean => (bytes[at]! & TYPE_MASK) === TYPE_DATA;

/** Offset of the LLC header of a data frame; `padded` when the radio aligned it to four bytes. May lie after `end`. */
export function wlanLlcAt(bytes: Uint8Array, at: number, end: number, padded: boolean): number {
  const flags = bytes[at + FLAGS]!;
  let length = THREE_ADDRESSES_LEN;
  if ((flags & FLAG_TO_DS) !== 0 && (flags & FLAG_FROM_DS) !== 0) length += ADDRESS_LEN;
  if ((bytes[at]! & SUBTYPE_QOS) === 0) return at + (padded ? (length + 3) & ~3 : length);
  const aggregate = at + length < end && (bytes[at + length]! & QOS_AMSDU) !== 0;
  length += 2;
  if ((flags & FLAG_ORDER) !== 0) length += HT_CONTROL_LEN;
  if (padded) length = (length + 3) & ~3;
  return at + length + (aggregate ? AMSDU_SUBHEADER_LEN : 0);
}

const RADIOTAP_LENGTH = 2;
const RADIOTAP_PRESENT = 4;
export const RADIOTAP_MIN_LEN = 8;
const PRESENT_TSFT = 0x1;
const PRESENT_FLAGS = 0x2;
const PRESENT_MORE = 0x80000000;
const PRESENT_WORDS_MAX = 16;
const RADIOTAP_FLAG_PADDED = 0x20;

export const radiotapLength = (bytes: Uint8Array, at: number): number => u16le(bytes, at + RADIOTAP_LENGTH);

/** The radiotap flags say that the 802.11 header is padded to four bytes. `end` is the end of the radiotap header. */
export function radiotapIsPadded(bytes: Uint8Array, at: number, end: number): boolean {
  const present = u32le(bytes, at + RADIOTAP_PRESENT);
  if ((present & PRESENT_FLAGS) === 0) return false;
  let field = at + RADIOTAP_MIN_LEN;
  let word = present;
  for (let i = 0; (word & PRESENT_MORE) !== 0; i++) {
    if (i === PRESENT_WORDS_MAX || field + 4 > end) return false;
    word = u32le(bytes, field);
    field += 4;
  }
  if ((present & PRESENT_TSFT) !== 0) field = at + (((field - at + 7) & ~7) + 8);
  return field < end && (bytes[field]! & RADIOTAP_FLAG_PADDED) !== 0;
}

export const PRISM_MIN_LEN = 8;
const AVS_VERSION_MASK = 0xfffff000;
const AVS_VERSION = 0x80211000;
const AVS_LENGTH = 4;
/** Some drivers write AVS headers where Prism ones are announced. */
export const isAvs = (bytes: Uint8Array, at: number): boolean =>
  (u32(bytes, at) & AVS_VERSION_MASK) >>> 0 === AVS_VERSION;
export const avsLength = (bytes: Uint8Array, at: number): number => u32(bytes, at + AVS_LENGTH);
/** Prism headers are in the writer's byte order, and shorter than 64 KiB. */
export const prismLength = (bytes: Uint8Array, at: number): number =>
  u16(bytes, at + AVS_LENGTH) === 0 ? u16(bytes, at + AVS_LENGTH + 2) : u16le(bytes, at + AVS_LENGTH);
