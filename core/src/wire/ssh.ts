// SSH before encryption: the KEXINIT packet, and the one that shows the host key. Owns: the checked doors, the name lists behind the first.
// Must not know: banners, flows, fingerprints. Bound: packets of 8,192 bytes, ten name lists.
// RFC 4253 sections 6 (binary packets), 7.1 (KEXINIT) and 8 (key exchange), RFC 4419 (groups), RFC 5656 and 8731 (curves).
/** @hot */
import { u32 } from './bytes.js';

export const SSH_LISTS = 10;
/** Positions among the name lists: what a fingerprint is made of. */
export const SSH_KEX = 0;
export const SSH_CIPHERS_TO_SERVER = 2;
export const SSH_CIPHERS_TO_CLIENT = 3;
export const SSH_MACS_TO_SERVER = 4;
export const SSH_MACS_TO_CLIENT = 5;
export const SSH_COMPRESSION_TO_SERVER = 6;
export const SSH_COMPRESSION_TO_CLIENT = 7;

const MAX_PACKET_BYTES = 8_192;
const MSG_KEXINIT = 20;
/** Length, padding length, message number, cookie. */
const LISTS_AT = 4 + 1 + 1 + 16;

/** The packet is no KEXINIT, or contradicts itself. */
export const SSH_NO_KEXINIT = -1;
/** It may be one; more is needed. */
export const SSH_KEXINIT_CUT = -2;

/** Where the KEXINIT packet that begins at `start` ends, its lists checked; SSH_NO_KEXINIT or SSH_KEXINIT_CUT. */
export function sshKexInitEnd(bytes: Uint8Array, start: number, end: number): number {
  const there = end - start;
  if (there > 0 && bytes[start] !== 0) return SSH_NO_KEXINIT;
  if (there > 1 && bytes[start + 1] !== 0) return SSH_NO_KEXINIT;
  if (there > 5 && bytes[start + 5] !== MSG_KEXINIT) return SSH_NO_KEXINIT;
  if (there < LISTS_AT) return SSH_KEXINIT_CUT;
  const length = u32(bytes, start);
  const padding = bytes[start + 4]!;
  if (length > MAX_PACKET_BYTES || (length + 4) % 8 !== 0 || padding < 4) return SSH_NO_KEXINIT;
  const stop = start + 4 + length;
  // Lists, the flag "first packet follows", four reserved bytes, padding.
  const listsEnd = stop - padding - 5;
  let at = start + LISTS_AT;
  for (let list = 0; list < SSH_LISTS; list++) {
    if (at + 4 > listsEnd) return SSH_NO_KEXINIT;
    if (at + 4 > end) return SSH_KEXINIT_CUT;
    at += 4 + u32(bytes, at);
    if (at > listsEnd) return SSH_NO_KEXINIT;
  }
  if (at !== listsEnd) return SSH_NO_KEXINIT;
  return stop > end ? SSH_KEXINIT_CUT : stop;
}

/** Where name list `list` of a checked KEXINIT at `start` begins: its length is the four bytes there, its text behind them. */
export function sshListAt(bytes: Uint8Array, start: number, list: number): number {
  let at = start + LISTS_AT;
  for (let i = 0; i < list; i++) at += 4 + u32(bytes, at);
  return at;
}

const MSG_KEX_REPLY = 31;
const MSG_GROUP_REPLY = 33;
/** Length, padding length, message number. */
const PAYLOAD_AT = 6;
const LONGEST_KEY = 4_096;

/** No packet of the unencrypted beginning. */
export const SSH_NO_PACKET = -1;
/** More is needed. */
export const SSH_PACKET_CUT = -2;
export const SSH_NO_KEY = -1;

/** Where the unencrypted packet that begins at `start` ends; SSH_NO_PACKET or SSH_PACKET_CUT. */
export function sshPacketEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < PAYLOAD_AT) return SSH_PACKET_CUT;
  const length = u32(bytes, start);
  const padding = bytes[start + 4]!;
  if (length > MAX_PACKET_BYTES || (length + 4) % 8 !== 0 || padding < 4 || padding + 2 > length) return SSH_NO_PACKET;
  return start + 4 + length > end ? SSH_PACKET_CUT : start + 4 + length;
}

/**
 * Where the host key in the checked packet [start, stop) begins, its length first; SSH_NO_KEY when there is none. The number of the message
 * means a group in one exchange and the key in another: a key begins with the name of its kind.
 */
export function sshHostKeyAt(bytes: Uint8Array, start: number, stop: number): number {
  const message = bytes[start + 5]!;
  if (message !== MSG_KEX_REPLY && message !== MSG_GROUP_REPLY) return SSH_NO_KEY;
  const at = start + PAYLOAD_AT;
  if (at + 8 > stop) return SSH_NO_KEY;
  const length = u32(bytes, at);
  if (length > LONGEST_KEY || at + 4 + length > stop) return SSH_NO_KEY;
  const kind = u32(bytes, at + 4);
  if (kind < 7 || kind > 64 || 4 + kind >= length) return SSH_NO_KEY;
  // ssh-, ecdsa-, rsa-, sk-, x509v3-, and certificates of these: a word and a dash.
  for (let i = 0; i < kind; i++) {
    const byte = bytes[at + 8 + i]!;
    if (byte < 0x21 || byte > 0x7e) return SSH_NO_KEY;
    if (byte === 0x2d) return at;
  }
  return SSH_NO_KEY;
}
