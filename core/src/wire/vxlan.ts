// Overlay headers over UDP whose payload is a frame or a packet: VXLAN (RFC 7348), VXLAN-GPE, Geneve (RFC 8926),
// LISP data (RFC 9300), and the network service header they may carry (RFC 8300).
/** @hot */
import { u16 } from './bytes.js';

export const PORT_VXLAN = 4789;
/** Linux used this port before IANA gave one, and still does by default. */
export const PORT_VXLAN_LINUX = 8472;
export const PORT_VXLAN_GPE = 4790;
export const PORT_GENEVE = 6081;
export const PORT_LISP = 4341;

export const VXLAN_HEADER_LEN = 8;
const VXLAN_VNI_VALID = 0x08;
const GPE_NEXT_VALID = 0x04;
const GPE_NEXT = 3;

/** A VNI is present and the reserved byte after it is 0, as a sender must leave it. */
export const looksLikeVxlan = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at]! & VXLAN_VNI_VALID) !== 0 && bytes[at + 7] === 0;

export const NEXT_IPV4 = 1;
export const NEXT_IPV6 = 2;
export const NEXT_ETHERNET = 3;
export const NEXT_NSH = 4;
export const NEXT_MPLS = 5;
/** Next protocol of VXLAN-GPE; Ethernet when the field is not valid. */
export const gpeNext = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! & GPE_NEXT_VALID) === 0 ? NEXT_ETHERNET : bytes[at + GPE_NEXT]!;

export const NSH_MIN_LEN = 8;
/** Length and next protocol of a network service header: the same numbers. */
export const nshLength = (bytes: Uint8Array, at: number): number => (bytes[at + 1]! & 0x3f) << 2;
export const nshNext = (bytes: Uint8Array, at: number): number => bytes[at + 3]!;

export const GENEVE_MIN_LEN = 8;
export const geneveVersion = (bytes: Uint8Array, at: number): number => bytes[at]! >> 6;
export const geneveLength = (bytes: Uint8Array, at: number): number => GENEVE_MIN_LEN + ((bytes[at]! & 0x3f) << 2);
export const geneveProtocol = (bytes: Uint8Array, at: number): number => u16(bytes, at + 2);

export const LISP_HEADER_LEN = 8;
