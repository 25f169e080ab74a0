// Linux cooked captures, version 1 (LINKTYPE_LINUX_SLL) and 2 (LINKTYPE_LINUX_SLL2): what the "any" interface gives.
/** @hot */
import { u16 } from './bytes.js';
import { type Check, FITS, SHORT } from './check.js';

const SLL_HARDWARE = 2;
const SLL_PROTOCOL = 14;
export const SLL_LEN = 16;
const SLL2_PROTOCOL = 0;
const SLL2_HARDWARE = 8;
export const SLL2_LEN = 20;

/** 802.2 follows: one of the kernel's own numbers below the EtherTypes. */
export const COOKED_LLC = 0x0004;
/** ARPHRD_ numbers whose payload is something else than the protocol field says. */
export const ARPHRD_WLAN = 801;
export const ARPHRD_WLAN_PRISM = 802;
export const ARPHRD_WLAN_RADIOTAP = 803;
export const ARPHRD_NETLINK = 824;

export function checkSll(at: number, end: number): Check {
  return at + SLL_LEN > end ? SHORT : FITS;
}
export const sllHardware = (bytes: Uint8Array, at: number): number => u16(bytes, at + SLL_HARDWARE);
export const sllProtocol = (bytes: Uint8Array, at: number): number => u16(bytes, at + SLL_PROTOCOL);

export function checkSll2(at: number, end: number): Check {
  return at + SLL2_LEN > end ? SHORT : FITS;
}
export const sll2Hardware = (bytes: Uint8Array, at: number): number => u16(bytes, at + SLL2_HARDWARE);
export const sll2Protocol = (bytes: Uint8Array, at: number): number => u16(bytes, at + SLL2_PROTOCOL);
