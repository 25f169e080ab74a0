// SOCKS 4, 4a and 5 as bytes. Owns: where the messages of a handshake end. Must not know: flows, what is proxied.
// Bound: 255 methods, names of 255 bytes. RFC 1928, RFC 1929, and the memos of SOCKS 4 and 4a.
/** @hot */
import { indexOfByte } from './match.js';

export const SOCKS_CUT = -1;
export const SOCKS_NOT = -2;
export const SOCKS_IPV4 = 1;
export const SOCKS_NAME = 3;
export const SOCKS_IPV6 = 4;
const MAX_METHODS = 12;
const MAX_TEXT = 255;

/** Greeting of SOCKS 5: 05, number of methods, methods: where it ends. Methods in use are below 10, or private from 0x80. */
export function socks5GreetingEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 1) return SOCKS_CUT;
  if (bytes[start] !== 5) return SOCKS_NOT;
  if (end - start < 2) return SOCKS_CUT;
  const count = bytes[start + 1]!;
  if (count === 0 || count > MAX_METHODS) return SOCKS_NOT;
  const stop = start + 2 + count;
  for (let at = start + 2; at < Math.min(stop, end); at++) {
    const method = bytes[at]!;
    if ((method > 9 && method < 0x80) || method === 4 || method === 0xff) return SOCKS_NOT;
    // Nobody offers a method twice.
    for (let before = start + 2; before < at; before++) if (bytes[before] === method) return SOCKS_NOT;
  }
  return stop > end ? SOCKS_CUT : stop;
}

/** Request, or reply, of SOCKS 5: 05, command or result, 00, kind of address, address, port: where it ends. */
export function socks5MessageEnd(bytes: Uint8Array, start: number, end: number, isReply: boolean): number {
  const there = end - start;
  if (there < 1) return SOCKS_CUT;
  if (bytes[start] !== 5) return SOCKS_NOT;
  if (there > 1 && (isReply ? bytes[start + 1]! > 8 : bytes[start + 1] === 0 || bytes[start + 1]! > 3))
    return SOCKS_NOT;
  if (there > 2 && bytes[start + 2] !== 0) return SOCKS_NOT;
  if (there < 5) return SOCKS_CUT;
  const kind = bytes[start + 3];
  const length = kind === SOCKS_IPV4 ? 4 : kind === SOCKS_IPV6 ? 16 : kind === SOCKS_NAME ? 1 + bytes[start + 4]! : -1;
  if (length < 0) return SOCKS_NOT;
  const stop = start + 4 + length + 2;
  return stop > end ? SOCKS_CUT : stop;
}

/** User and password of RFC 1929: where they end. */
export function socks5LoginEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 2) return SOCKS_CUT;
  if (bytes[start] !== 1) return SOCKS_NOT;
  const passwordAt = start + 2 + bytes[start + 1]!;
  if (passwordAt >= end) return SOCKS_CUT;
  const stop = passwordAt + 1 + bytes[passwordAt]!;
  return stop > end ? SOCKS_CUT : stop;
}

/** Does a SOCKS 4 request ask for a name (4a)? Then its address is 0.0.0.x. */
export const isSocks4a = (bytes: Uint8Array, start: number): boolean =>
  bytes[start + 4] === 0 && bytes[start + 5] === 0 && bytes[start + 6] === 0 && bytes[start + 7] !== 0;

/** Request of SOCKS 4: 04, command, port, address, user NUL, and of 4a a name NUL: where it ends. */
export function socks4RequestEnd(bytes: Uint8Array, start: number, end: number): number {
  const there = end - start;
  if (there < 1) return SOCKS_CUT;
  if (bytes[start] !== 4) return SOCKS_NOT;
  if (there > 1 && bytes[start + 1] !== 1 && bytes[start + 1] !== 2) return SOCKS_NOT;
  if (there < 9) return SOCKS_CUT;
  if ((bytes[start + 2] === 0 && bytes[start + 3] === 0) || (bytes[start + 4] === 0 && !isSocks4a(bytes, start)))
    return SOCKS_NOT;
  const userEnd = textEnd(bytes, start + 8, end);
  if (userEnd < 0 || !isSocks4a(bytes, start)) return userEnd;
  return textEnd(bytes, userEnd, end);
}

/** Behind the NUL of a printable text. */
function textEnd(bytes: Uint8Array, at: number, end: number): number {
  const stop = indexOfByte(bytes, at, end, 0);
  for (let i = at; i < (stop < 0 ? end : stop); i++) if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return SOCKS_NOT;
  if (stop < 0) return end - at > MAX_TEXT ? SOCKS_NOT : SOCKS_CUT;
  return stop + 1;
}

/** Reply of SOCKS 4: 00, 90 to 93, port, address: eight bytes. */
export function socks4ReplyEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 1) return SOCKS_CUT;
  if (bytes[start] !== 0) return SOCKS_NOT;
  if (end - start > 1 && (bytes[start + 1]! < 90 || bytes[start + 1]! > 93)) return SOCKS_NOT;
  return end - start < 8 ? SOCKS_CUT : start + 8;
}
