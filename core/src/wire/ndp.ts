// Neighbour discovery of IPv6 (RFC 4861): which messages ICMPv6 has for it, and the link-layer addresses in their options.
// Bound: reads inside the message; options that contradict themselves make it none.
/** @hot */

export const NDP_ROUTER_SOLICITATION = 133;
export const NDP_ROUTER_ADVERTISEMENT = 134;
export const NDP_NEIGHBOUR_SOLICITATION = 135;
export const NDP_NEIGHBOUR_ADVERTISEMENT = 136;
export const NDP_REDIRECT = 137;
export const NDP_SOURCE_ADDRESS = 1;
export const NDP_TARGET_ADDRESS = 2;
const OPTION_UNIT = 8;
/** Where the options of each message begin, from a router solicitation on. */
const OPTIONS_AT = Uint8Array.of(8, 16, 24, 24, 40);
const HOP_LIMIT = 255;

/**
 * Is the ICMPv6 message in [at, end) one, in an IPv6 packet whose source address is at `sourceAt`? Routers do not pass these on:
 * their hop limit, the byte before the source address, is still 255.
 */
export function isNdp(bytes: Uint8Array, at: number, end: number, sourceAt: number): boolean {
  if (at + OPTION_UNIT > end || sourceAt < 1 || bytes[sourceAt - 1] !== HOP_LIMIT) return false;
  const type = bytes[at]!;
  if (type < NDP_ROUTER_SOLICITATION || type > NDP_REDIRECT || bytes[at + 1] !== 0) return false;
  let next = at + OPTIONS_AT[type - NDP_ROUTER_SOLICITATION]!;
  while (next + 2 <= end) {
    if (bytes[next + 1] === 0) return false;
    next += bytes[next + 1]! * OPTION_UNIT;
  }
  return next === end;
}

/** Offset of the six bytes of the link-layer address in option `option` of a message that is one, or -1. */
export function ndpLinkAddressAt(bytes: Uint8Array, at: number, end: number, option: number): number {
  let next = at + OPTIONS_AT[bytes[at]! - NDP_ROUTER_SOLICITATION]!;
  while (next + OPTION_UNIT <= end && bytes[next + 1] !== 0) {
    if (bytes[next] === option && bytes[next + 1] === 1) return next + 2;
    next += bytes[next + 1]! * OPTION_UNIT;
  }
  return -1;
}
export const ndpType = (bytes: Uint8Array, at: number): number => bytes[at]!;
/** Of neighbour messages: the address that is looked for, or that has the link-layer address. Sixteen bytes. */
export const ndpTargetAt = (at: number): number => at + 8;
