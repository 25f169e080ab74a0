// BOOTP and DHCP (RFC 951, RFC 2131, RFC 2132): the fixed message and its options. Owns: where things are. Must not know what
// they are good for. Bound: reads one pass over the options.
/** @hot */
import { u16, u32 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';
import { isAll } from './exact.js';

export const DHCP_OPTIONS_AT = 240;
export const BOOTP_MIN_LEN = 300;
export const BOOTP_CUT_LEN = 44;
export const DHCP_ROUTER = 3;
export const DHCP_HOST_NAME = 12;
export const DHCP_MESSAGE_TYPE = 53;
export const DHCP_SERVER_ID = 54;
export const DHCP_VENDOR_CLASS = 60;
export const DHCP_CLIENT_FQDN = 81;
const MAGIC_COOKIE = 0x63825363;
const FIXED_LEN = 236;
const CHADDR_AT = 28;
const OPTION_PAD = 0;
const OPTION_END = 255;
const ETHERNET = 1;

/** A message with the magic cookie: 32 bits of it, and an operation that exists. */
export function checkDhcp(bytes: Uint8Array, at: number, end: number): Check {
  if (end - at < DHCP_OPTIONS_AT) return SHORT;
  const op = bytes[at]!;
  return (op === 1 || op === 2) && bytes[at + 2]! <= 16 && u32(bytes, at + FIXED_LEN) === MAGIC_COOKIE ? FITS : BAD;
}

/** BOOTP without a cookie: operation, Ethernet, few hops, reserved flags 0, and ten bytes of padding after the hardware address. */
export function checkBootp(bytes: Uint8Array, at: number, end: number): Check {
  if (end - at < BOOTP_MIN_LEN) return SHORT;
  return isBootpHead(bytes, at) ? FITS : BAD;
}

/** The same of the first BOOTP_CUT_LEN bytes, which must be there. */
export function isBootpHead(bytes: Uint8Array, at: number): boolean {
  const op = bytes[at]!;
  if ((op !== 1 && op !== 2) || bytes[at + 1] !== ETHERNET || bytes[at + 2] !== 6 || bytes[at + 3]! > 16) return false;
  if ((u16(bytes, at + 10) & 0x7fff) !== 0 || !isAll(bytes, at + CHADDR_AT + 6, at + CHADDR_AT + 16, 0)) return false;
  return !isAll(bytes, at + CHADDR_AT, at + CHADDR_AT + 6, 0);
}

export const dhcpIsRequest = (bytes: Uint8Array, at: number): boolean => bytes[at] === 1;
/** A client's own hardware address: six bytes when `dhcpHasMac`. */
export const dhcpMacAt = (at: number): number => at + CHADDR_AT;
export const dhcpHasMac = (bytes: Uint8Array, at: number): boolean => bytes[at + 1] === ETHERNET && bytes[at + 2] === 6;
/** "Your" address, which the server gives: four bytes. */
export const dhcpYourAddressAt = (at: number): number => at + 16;
/** The address the client has: four bytes, 0 when it has none. */
export const dhcpClientAddressAt = (at: number): number => at + 12;

/** Offset of the value of option `code` of the message at `at`; its length is the byte before. -1: not there, or cut. */
export function dhcpOptionAt(bytes: Uint8Array, at: number, end: number, code: number): number {
  let next = at + DHCP_OPTIONS_AT;
  while (next < end) {
    const option = bytes[next]!;
    if (option === OPTION_END) return -1;
    if (option === OPTION_PAD) {
      next += 1;
      continue;
    }
    if (next + 2 > end) return -1;
    const length = bytes[next + 1]!;
    if (next + 2 + length > end) return -1;
    if (option === code) return next + 2;
    next += 2 + length;
  }
  return -1;
}
