// MPLS label stacks (RFC 3032) and what their first nibble says (RFC 4928, RFC 4385, RFC 5586).
/** @hot */
import { u32 } from './bytes.js';
import { ETHERNET_HEADER_LEN, ethernetType } from './ethernet.js';
import { TYPE_ARP, TYPE_IPV4, TYPE_IPV6 } from './ethertypes.js';
import { isVlanType } from './link-tags.js';

export const MPLS_LABEL_LEN = 4;
/** Pseudo-wire control word. */
export const CONTROL_WORD_LEN = 4;
/** First nibble of a pseudo-wire's control word, and of its associated channel. */
export const NIBBLE_CONTROL_WORD = 0;
export const NIBBLE_CHANNEL = 1;

export const mplsLabel = (bytes: Uint8Array, at: number): number => u32(bytes, at) >>> 12;
export const isBottomOfStack = (bytes: Uint8Array, at: number): boolean => (bytes[at + 2]! & 1) === 1;

/** Offset after the bottom label, or -1 when the stack does not end before `end` or within `labelsMax` labels. */
export function mplsPayloadAt(bytes: Uint8Array, at: number, end: number, labelsMax: number): number {
  let next = at;
  for (let i = 0; i < labelsMax; i++) {
    if (next + MPLS_LABEL_LEN > end) return -1;
    next += MPLS_LABEL_LEN;
    if (isBottomOfStack(bytes, next - MPLS_LABEL_LEN)) return next;
  }
  return -1;
}

/**
 * Offset of the frame in an Ethernet pseudo-wire. Many hardware addresses begin with the four zero bits of a control word,
 * so it is there unless only the frame without it has a type one knows.
 */
export function pseudoWireFrameAt(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at]! >> 4 !== NIBBLE_CONTROL_WORD) return at;
  const behind = at + CONTROL_WORD_LEN;
  if (behind + ETHERNET_HEADER_LEN > end) return behind > end ? at : behind;
  return !isUsualType(ethernetType(bytes, behind)) && isUsualType(ethernetType(bytes, at)) ? at : behind;
}

function isUsualType(type: number): boolean {
  return type === TYPE_IPV4 || type === TYPE_IPV6 || type === TYPE_ARP || isVlanType(type);
}
