// SCTP common header (RFC 9260) and the fixed part of DCCP's (RFC 4340): both begin with two ports.
/** @hot */
import { BAD, type Check, FITS, SHORT } from './check.js';

export const SCTP_HEADER_LEN = 12;
export const DCCP_MIN_HEADER_LEN = 12;
const DCCP_DATA_OFFSET = 4;

export function checkSctp(at: number, end: number): Check {
  return at + SCTP_HEADER_LEN > end ? SHORT : FITS;
}

export function checkDccp(bytes: Uint8Array, at: number, end: number): Check {
  if (at + DCCP_MIN_HEADER_LEN > end) return SHORT;
  return dccpHeaderLength(bytes, at) < DCCP_MIN_HEADER_LEN ? BAD : FITS;
}
export const dccpHeaderLength = (bytes: Uint8Array, at: number): number => bytes[at + DCCP_DATA_OFFSET]! << 2;
