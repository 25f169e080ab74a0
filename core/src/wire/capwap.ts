// CAPWAP data (RFC 5415) and TZSP: frames of Wi-Fi access points on their way to a controller or a sniffer.
/** @hot */
import { u16 } from './bytes.js';

export const PORT_CAPWAP_DATA = 5247;
const CAPWAP_MIN_LEN = 8;

/** Offset of the frame, or -1: DTLS, a keep-alive, a fragment, or cut. */
export function capwapFrameAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + CAPWAP_MIN_LEN > end || bytes[at] !== 0) return -1;
  const flags = bytes[at + 3]!;
  const fragment = (flags & 0x80) !== 0;
  const keepAlive = (flags & 0x08) !== 0;
  if (fragment || keepAlive) return -1;
  const next = at + ((bytes[at + 1]! >> 3) << 2);
  return next >= at + CAPWAP_MIN_LEN && next < end ? next : -1;
}
/** Native frame of the radio (802.11), else 802.3. */
export const capwapIsNative = (bytes: Uint8Array, at: number): boolean => (bytes[at + 2]! & 1) === 1;

export const PORT_TZSP = 37008;
const TZSP_HEADER_LEN = 4;
const TAG_PADDING = 0;
const TAG_END = 1;
const TAGS_MAX = 32;
export const TZSP_ETHERNET = 1;
export const TZSP_WLAN = 18;
export const tzspEncapsulation = (bytes: Uint8Array, at: number): number => u16(bytes, at + 2);

/** Offset of the frame after the list of tags, or -1. */
export function tzspFrameAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + TZSP_HEADER_LEN > end || bytes[at] !== 1 || bytes[at + 1]! > 1) return -1;
  let next = at + TZSP_HEADER_LEN;
  for (let i = 0; i < TAGS_MAX && next < end; i++) {
    const tag = bytes[next]!;
    if (tag === TAG_END) return next + 1 < end ? next + 1 : -1;
    if (tag === TAG_PADDING) next += 1;
    else if (next + 2 > end) return -1;
    else next += 2 + bytes[next + 1]!;
  }
  return -1;
}
