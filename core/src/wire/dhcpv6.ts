// DHCPv6 (RFC 8415): messages and their options, two bytes of code and two of length each. Owns: whether a datagram is one to its
// last byte, and where an option is. Bound: one pass over the options, relays looked into eight deep.
/** @hot */
import { u16 } from './bytes.js';

export const DHCPV6_CLIENT_ID = 1;
export const DHCPV6_SERVER_ID = 2;
export const DHCPV6_RELAY_MESSAGE = 9;
export const DHCPV6_VENDOR_CLASS = 16;
export const DHCPV6_CLIENT_FQDN = 39;
const OPTION_REQUEST = 6;
const ELAPSED_TIME = 8;
const LAST_CODE = 150;
const LAST_MESSAGE = 23;
const RELAY_FORWARD = 12;
const RELAY_REPLY = 13;
const HEADER_LEN = 4;
const RELAY_HEADER_LEN = 34;
const MAX_HOPS = 32;
const MAX_RELAYS = 8;

const isRelay = (type: number): boolean => type === RELAY_FORWARD || type === RELAY_REPLY;

/** Where the options of the message at `at` begin. */
export const dhcpv6OptionsAt = (bytes: Uint8Array, at: number): number =>
  at + (isRelay(bytes[at]!) ? RELAY_HEADER_LEN : HEADER_LEN);

/**
 * Is [at, end) one message whose options fill it exactly, are known, and among which at least one proves it: a DUID of a known
 * type, an elapsed time of two bytes, or a relayed message.
 */
export function isDhcpv6(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < HEADER_LEN + 6) return false;
  const type = bytes[at]!;
  if (type < 1 || type > LAST_MESSAGE) return false;
  if (isRelay(type) && (end - at < RELAY_HEADER_LEN + 8 || bytes[at + 1]! > MAX_HOPS)) return false;
  let next = dhcpv6OptionsAt(bytes, at);
  let isProven = false;
  while (next < end) {
    if (next + 4 > end) return false;
    const code = u16(bytes, next);
    const length = u16(bytes, next + 2);
    if (code === 0 || code > LAST_CODE || next + 4 + length > end) return false;
    const proof = proves(bytes, code, next + 4, length);
    if (proof < 0) return false;
    if (proof > 0) isProven = true;
    next += 4 + length;
  }
  return isProven;
}

/** 1: only this protocol looks so; 0: nothing is learnt; -1: this option cannot look so. */
function proves(bytes: Uint8Array, code: number, at: number, length: number): number {
  switch (code) {
    case DHCPV6_CLIENT_ID:
    case DHCPV6_SERVER_ID:
      return length >= 6 && length <= 130 && bytes[at] === 0 && bytes[at + 1]! >= 1 && bytes[at + 1]! <= 5 ? 1 : -1;
    case OPTION_REQUEST:
      return length > 0 && length % 2 === 0 ? 0 : -1;
    case ELAPSED_TIME:
      return length === 2 ? 1 : -1;
    case DHCPV6_RELAY_MESSAGE:
      return length > 8 && bytes[at]! >= 1 && bytes[at]! <= LAST_MESSAGE ? 1 : -1;
    default:
      return 0;
  }
}

/** Offset of the value of option `code`, also inside relayed messages; its length is the two bytes before. -1: not there. */
export function dhcpv6OptionAt(bytes: Uint8Array, at: number, end: number, code: number): number {
  let message = at;
  let stop = end;
  for (let i = 0; i < MAX_RELAYS && stop - message >= HEADER_LEN; i++) {
    const found = optionIn(bytes, dhcpv6OptionsAt(bytes, message), stop, code);
    if (found >= 0) return found;
    const inner = optionIn(bytes, dhcpv6OptionsAt(bytes, message), stop, DHCPV6_RELAY_MESSAGE);
    if (inner < 0) return -1;
    message = inner;
    stop = inner + u16(bytes, inner - 2);
  }
  return -1;
}

function optionIn(bytes: Uint8Array, at: number, end: number, code: number): number {
  let next = at;
  while (next + 4 <= end) {
    const length = u16(bytes, next + 2);
    if (next + 4 + length > end) return -1;
    if (u16(bytes, next) === code) return next + 4;
    next += 4 + length;
  }
  return -1;
}
