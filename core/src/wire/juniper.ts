// The header Juniper routers put in front of what their line cards saw: magic, flags, extensions, then the card's cookie.
/** @hot */
import { u16, u24, u32le } from './bytes.js';

const MAGIC = 0x4d4743;
const FLAGS = 3;
const FLAG_NO_LINK_LAYER = 0x02;
const FLAG_EXTENSIONS = 0x80;
const EXTENSIONS_LENGTH = 4;
export const JUNIPER_MIN_LEN = 4;

export const isJuniper = (bytes: Uint8Array, at: number): boolean => u24(bytes, at) === MAGIC;
/** Length of header and extensions, or -1 when their length lies after `end`. */
export function juniperLength(bytes: Uint8Array, at: number, end: number): number {
  if ((bytes[at + FLAGS]! & FLAG_EXTENSIONS) === 0) return JUNIPER_MIN_LEN;
  return at + 6 > end ? -1 : 6 + u16(bytes, at + EXTENSIONS_LENGTH);
}
/** The card took the link header off: a protocol number of four bytes is in its place. */
export const juniperHasNoLink = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at + FLAGS]! & FLAG_NO_LINK_LAYER) !== 0;
export const juniperProtocol = (bytes: Uint8Array, at: number): number => u32le(bytes, at);
export const JUNIPER_PROTOCOL_LEN = 4;
export const JUNIPER_IPV4 = 2;
export const JUNIPER_IPV6 = 6;
