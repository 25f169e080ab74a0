// ARP and RARP (RFC 826, RFC 903). Only what the check of a sane header needs, and where the addresses are.
/** @hot */
import { u16 } from './bytes.js';
import { type Check, FITS, SHORT } from './check.js';

const PROTOCOL_TYPE = 2;
const HARDWARE_LEN = 4;
const PROTOCOL_LEN = 5;
const OPERATION = 6;
export const ARP_FIXED_LEN = 8;

export function checkArp(bytes: Uint8Array, at: number, end: number): Check {
  if (at + ARP_FIXED_LEN > end) return SHORT;
  return at + arpLength(bytes, at) > end ? SHORT : FITS;
}

export const arpLength = (bytes: Uint8Array, at: number): number =>
  ARP_FIXED_LEN + 2 * (bytes[at + HARDWARE_LEN]! + bytes[at + PROTOCOL_LEN]!);
export const arpProtocolType = (bytes: Uint8Array, at: number): number => u16(bytes, at + PROTOCOL_TYPE);
export const arpOperation = (bytes: Uint8Array, at: number): number => u16(bytes, at + OPERATION);
