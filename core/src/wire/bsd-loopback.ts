// BSD loopback (LINKTYPE_NULL, LINKTYPE_LOOP) and its relatives that begin with an address family: PFLOG, ENC, IPNET.
/** @hot */
import { u16, u32 } from './bytes.js';

export const LOOPBACK_LEN = 4;
/** Flags and the index of a security association after the family. */
export const ENC_LEN = 12;
/** Solaris ipnet (LINKTYPE_IPNET). */
export const IPNET_LEN = 24;

/** The family in whichever byte order makes a small number: the writer's is not recorded. */
export function loopbackFamily(bytes: Uint8Array, at: number): number {
  return bytes[at] === 0 && bytes[at + 1] === 0 ? u16(bytes, at + 2) : (bytes[at + 1]! << 8) | bytes[at]!;
}
export const loopbackFits = (bytes: Uint8Array, at: number): boolean => {
  const value = u32(bytes, at);
  return value <= 0xffff || (value & 0xffff) === 0;
};

const FAMILY_IPV4 = 2;
const FAMILY_IPV6_LINUX = 10;
const FAMILY_IPV6_WINDOWS = 23;
const FAMILY_IPV6_NETBSD_OPENBSD = 24;
const FAMILY_IPV6_SOLARIS = 26;
const FAMILY_IPV6_FREEBSD = 28;
const FAMILY_IPV6_DARWIN = 30;

export const familyIsIpv4 = (family: number): boolean => family === FAMILY_IPV4;
export const familyIsIpv6 = (family: number): boolean =>
  family === FAMILY_IPV6_DARWIN ||
  family === FAMILY_IPV6_FREEBSD ||
  family === FAMILY_IPV6_NETBSD_OPENBSD ||
  family === FAMILY_IPV6_LINUX ||
  family === FAMILY_IPV6_SOLARIS ||
  family === FAMILY_IPV6_WINDOWS;

export const IPNET_FAMILY = 1;
const PFLOG_LENGTH = 0;
export const PFLOG_FAMILY = 1;
export const PFLOG_MIN_LEN = 48;
/** The length byte leaves the padding to four bytes out. */
export const pflogLength = (bytes: Uint8Array, at: number): number => (bytes[at + PFLOG_LENGTH]! + 3) & ~3;
