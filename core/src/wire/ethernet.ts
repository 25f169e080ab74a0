// Ethernet II and IEEE 802.3. Bytes to numbers, no state.
/** @hot */
import { u16 } from './bytes.js';
import { type Check, FITS, SHORT } from './check.js';

const SOURCE = 6;
const TYPE = 12;
export const ETHERNET_ADDRESSES_LEN = 12;
export const ETHERNET_HEADER_LEN = 14;
/** Cisco ISL wraps a whole frame in 26 bytes and marks it by its destination, 01:00:0c:00:00 or 03:00:0c:00:00. */
export const ISL_HEADER_LEN = 26;

export function checkEthernet(at: number, end: number): Check {
  return at + ETHERNET_HEADER_LEN > end ? SHORT : FITS;
}

/** EtherType, or the length of the 802.3 payload when it is at most 1500. */
export const ethernetType = (bytes: Uint8Array, at: number): number => u16(bytes, at + TYPE);

export const ethernetSourceAt = (at: number): number => at + SOURCE;

export function isIsl(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at]!;
  return (
    (first === 0x01 || first === 0x03) &&
    bytes[at + 1] === 0 &&
    bytes[at + 2] === 0x0c &&
    bytes[at + 3] === 0 &&
    bytes[at + 4] === 0
  );
}
