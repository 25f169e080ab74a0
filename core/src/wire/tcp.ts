// TCP header (RFC 9293).
/** @hot */
import { u16, u32 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';

const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const SEQUENCE = 4;
const ACKNOWLEDGEMENT = 8;
const DATA_OFFSET = 12;
const FLAGS = 13;
const WINDOW = 14;
export const TCP_MIN_HEADER_LEN = 20;

/** Checks the fixed part; options may still lie after `end`. */
export function checkTcp(bytes: Uint8Array, at: number, end: number): Check {
  if (at + TCP_MIN_HEADER_LEN > end) return SHORT;
  return tcpHeaderLength(bytes, at) < TCP_MIN_HEADER_LEN ? BAD : FITS;
}

export const tcpSourcePort = (bytes: Uint8Array, at: number): number => u16(bytes, at + SOURCE_PORT);
export const tcpDestinationPort = (bytes: Uint8Array, at: number): number => u16(bytes, at + DESTINATION_PORT);
export const tcpSequence = (bytes: Uint8Array, at: number): number => u32(bytes, at + SEQUENCE);
export const tcpAcknowledgement = (bytes: Uint8Array, at: number): number => u32(bytes, at + ACKNOWLEDGEMENT);
export const tcpHeaderLength = (bytes: Uint8Array, at: number): number => (bytes[at + DATA_OFFSET]! >> 4) << 2;
/** FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128. */
export const tcpFlagsByte = (bytes: Uint8Array, at: number): number => bytes[at + FLAGS]!;
export const tcpWindow = (bytes: Uint8Array, at: number): number => u16(bytes, at + WINDOW);
