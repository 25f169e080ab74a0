// UDP header (RFC 768) and UDP-Lite's (RFC 3828), whose third field is a coverage, not a length.
/** @hot */
import { u16 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';

const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const LENGTH = 4;
export const UDP_HEADER_LEN = 8;

export function checkUdp(bytes: Uint8Array, at: number, end: number): Check {
  if (at + UDP_HEADER_LEN > end) return SHORT;
  const length = udpLength(bytes, at);
  // 0: jumbogram (RFC 2675) or segmentation offload
  return length !== 0 && length < UDP_HEADER_LEN ? BAD : FITS;
}

export const udpSourcePort = (bytes: Uint8Array, at: number): number => u16(bytes, at + SOURCE_PORT);
export const udpDestinationPort = (bytes: Uint8Array, at: number): number => u16(bytes, at + DESTINATION_PORT);
/** Header and payload. */
export const udpLength = (bytes: Uint8Array, at: number): number => u16(bytes, at + LENGTH);
