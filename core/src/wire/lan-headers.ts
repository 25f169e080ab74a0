// Older LANs: FDDI, token ring, ARCNET, IP over Fibre Channel.
/** @hot */

/** Frame control and two addresses. */
export const FDDI_LEN = 13;
const FDDI_LLC_MASK = 0xf0;
const FDDI_LLC = 0x50;
export const fddiIsLlc = (bytes: Uint8Array, at: number): boolean => (bytes[at]! & FDDI_LLC_MASK) === FDDI_LLC;

/** Access control, frame control and two addresses. */
export const TOKEN_RING_LEN = 14;
const TOKEN_RING_CONTROL = 1;
const TOKEN_RING_SOURCE = 8;
const TOKEN_RING_LLC = 0x40;
const SOURCE_ROUTED = 0x80;
export const tokenRingIsLlc = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at + TOKEN_RING_CONTROL]! & 0xc0) === TOKEN_RING_LLC;
export const tokenRingIsRouted = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at + TOKEN_RING_SOURCE]! & SOURCE_ROUTED) !== 0;
/** Length of the route field at `at`, its own two bytes included. */
export const routeLength = (bytes: Uint8Array, at: number): number => bytes[at]! & 0x1f;

/** ARCNET: source, destination, type; Linux has two bytes of offset before the type. */
export const ARCNET_LEN = 3;
export const ARCNET_LINUX_LEN = 5;
/** Split flag and sequence number of RFC 1201; a flag of 255 announces four bytes of exception more. */
export const ARCNET_SPLIT_LEN = 3;
export const ARCNET_EXCEPTION = 0xff;
export const ARCNET_EXCEPTION_LEN = 4;
export const ARCNET_IPV6 = 196;
export const ARCNET_IP = 212;
export const ARCNET_ARP = 213;
export const ARCNET_RARP = 214;
export const ARCNET_IP_RFC1051 = 240;
export const ARCNET_ARP_RFC1051 = 241;

/** DOCSIS: frame control, length of an extended header, length, the extended header, a checksum; then a frame. */
export const DOCSIS_LEN = 6;
const DOCSIS_KIND = 0xfe;
const DOCSIS_EXTENDED = 0x01;
/** A frame of the user's, not one of the cable system's own. */
export const docsisIsFrame = (bytes: Uint8Array, at: number): boolean => (bytes[at]! & DOCSIS_KIND) === 0;
export const docsisLength = (bytes: Uint8Array, at: number): number =>
  DOCSIS_LEN + ((bytes[at]! & DOCSIS_EXTENDED) === 0 ? 0 : bytes[at + 1]!);

/** RFC 2625 network header: two addresses of eight bytes. */
export const IP_OVER_FC_LEN = 16;
