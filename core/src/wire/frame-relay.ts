// Frame Relay addresses (Q.922, RFC 2427), their multilink bundle (FRF.16), and Cisco HDLC.
/** @hot */
import { u16 } from './bytes.js';

const ADDRESS_MAX = 4;
const UNNUMBERED = 0x03;
const PADDING = 0x00;

/** Length of the Q.922 address (its last byte is odd), or 0 when there is none before `end` or within four bytes. */
export function frameRelayAddressLength(bytes: Uint8Array, at: number, end: number): number {
  for (let length = 1; length <= ADDRESS_MAX && at + length <= end; length++) {
    if ((bytes[at + length - 1]! & 1) === 1) return length > 1 ? length : 0;
  }
  return 0;
}

/** RFC 2427: an unnumbered-information control byte. Without it the frame has Cisco's encapsulation, an EtherType. */
export const frameRelayIsIetf = (bytes: Uint8Array, at: number): boolean => bytes[at] === UNNUMBERED;
/** Offset of the NLPID after the control byte and at most one byte of padding. */
export const frameRelayNlpidAt = (bytes: Uint8Array, at: number, end: number): number =>
  at + 1 < end && bytes[at + 1] === PADDING ? at + 2 : at + 1;

/** Header of a fragment of a multilink bundle, end-to-end (FRF.12) byte left out. */
export const MFR_LEN = 2;
const MFR_WHOLE = 0xc0;
const MFR_CONTROL = 0x20;
/** Begin and end bits, no control bit: the bundle did not cut this frame. */
export const mfrIsWhole = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at]! & (MFR_WHOLE | MFR_CONTROL)) === MFR_WHOLE;

/** Cisco HDLC: address, control, EtherType. */
export const CHDLC_LEN = 4;
const CHDLC_UNICAST = 0x0f;
const CHDLC_MULTICAST = 0x8f;
export const isChdlc = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === CHDLC_UNICAST || bytes[at] === CHDLC_MULTICAST;
export const chdlcType = (bytes: Uint8Array, at: number): number => u16(bytes, at + 2);
/** ISO network layers behind Cisco HDLC. */
export const CHDLC_ISO = 0xfefe;
/** Cisco's keep-alive protocol has the number that RARP has elsewhere. */
export const CHDLC_SLARP = 0x8035;
