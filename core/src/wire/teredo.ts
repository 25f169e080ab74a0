// Teredo (RFC 4380): IPv6 in UDP, behind an optional authentication and an optional origin indication. And AYIYA
// (draft-massar-v6ops-ayiya-02), which does the same with a signed identity.
/** @hot */
import { u16 } from './bytes.js';

export const PORT_TEREDO = 3544;
const AUTHENTICATION = 0x0001;
const ORIGIN = 0x0000;
const AUTHENTICATION_FIXED_LEN = 13;
const ORIGIN_LEN = 8;
const IPV6_LEN = 40;
const IPV6_SOURCE = 8;
const IPV6_DESTINATION = 24;

/** Offset of the IPv6 packet, or -1 when there is none before `end`: it says to be no longer than what is there, but for what was cut. */
export function teredoPacketAt(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  if (next + AUTHENTICATION_FIXED_LEN <= end && u16(bytes, next) === AUTHENTICATION) {
    next += AUTHENTICATION_FIXED_LEN + bytes[next + 2]! + bytes[next + 3]!;
  }
  if (next + ORIGIN_LEN <= end && u16(bytes, next) === ORIGIN) next += ORIGIN_LEN;
  if (next >= end || bytes[next]! >> 4 !== 6) return -1;
  if (next + IPV6_LEN > end) return next;
  return isTeredoAddress(bytes, next + IPV6_SOURCE) || isTeredoAddress(bytes, next + IPV6_DESTINATION) ? next : -1;
}

/** RFC 4380 section 2.6: 2001::/32, and what hosts say to each other before they have one: fe80::, ff02::. */
function isTeredoAddress(bytes: Uint8Array, at: number): boolean {
  const high = u16(bytes, at);
  if (high === 0x2001) return u16(bytes, at + 2) === 0;
  return high === 0xfe80 || high === 0xff02 || high === 0x3ffe;
}

export const PORT_AYIYA = 5072;
const AYIYA_FIXED_LEN = 8;
const OPCODE_FORWARD = 1;

/** Offset of the forwarded packet, or -1; `ayiyaNextHeader` says what it is. */
export function ayiyaPacketAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + AYIYA_FIXED_LEN > end || (bytes[at + 2]! & 0x0f) !== OPCODE_FORWARD) return -1;
  const next = at + AYIYA_FIXED_LEN + (1 << (bytes[at]! >> 4)) + ((bytes[at + 1]! >> 4) << 2);
  return next < end ? next : -1;
}
/** An IP protocol number: 41 for IPv6, 4 for IPv4. */
export const ayiyaNextHeader = (bytes: Uint8Array, at: number): number => bytes[at + 3]!;
