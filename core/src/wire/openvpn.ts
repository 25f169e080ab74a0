// OpenVPN packets of the control channel: opcode, session, and the plain, tls-auth and tls-crypt forms. Owns: which of them bytes are.
// Must not know flows. Bound: 8 acknowledgements a packet. Source: OpenVPN wire protocol (draft-openvpn-wire-protocol), doc/doxygen.
/** @hot */
import { u16, u32 } from './bytes.js';
import { isAll } from './exact.js';

export const OPENVPN_CONTROL = 4;
export const OPENVPN_ACK = 5;
export const OPENVPN_RESET_CLIENT = 7;
export const OPENVPN_RESET_SERVER = 8;
export const OPENVPN_DATA_V2 = 9;
export const OPENVPN_RESET_CLIENT_V3 = 10;
export const OPENVPN_WKC_V1 = 11;
const SESSION_BYTES = 8;
/** Opcode and session. */
export const OPENVPN_HEAD_BYTES = 1 + SESSION_BYTES;
const MAX_ACKS = 8;
/** Packet numbers of a handshake stay small. */
const MAX_NUMBER = 0x10000;
/** HMACs of tls-auth: none, MD5, SHA-1, SHA-256, SHA-384, SHA-512. */
const MAX_HMAC_BYTES = 64;
const isHmacBytes = (bytes: number): boolean =>
  bytes === 16 || bytes === 20 || bytes === 32 || bytes === 48 || bytes === MAX_HMAC_BYTES;
/** tls-crypt: HMAC of 32 bytes, and at least five bytes of encrypted acknowledgements and number. */
const TLS_CRYPT_RESET_BYTES = OPENVPN_HEAD_BYTES + 8 + 32 + 5;
/** One acknowledgement with its session, and a number. */
const SERVER_TAIL_BYTES = 1 + 4 + SESSION_BYTES + 4;
const MONTH_SECONDS = 31 * 86_400;
const YEAR_2010 = 1_262_304_000;
const YEAR_2100 = 4_102_444_800;

export const openvpnOpcode = (bytes: Uint8Array, at: number): number => bytes[at]! >> 3;

/** A first packet of a client that is sure by itself: its numbers are 0 or 1 and stand where one of the three forms has them. */
export function isOpenvpnClientReset(bytes: Uint8Array, at: number, end: number): boolean {
  const opcode = bytes[at]!;
  const isV3 = opcode === OPENVPN_RESET_CLIENT_V3 << 3;
  if (!isV3 && opcode !== OPENVPN_RESET_CLIENT << 3) return false;
  const length = end - at;
  if (length < OPENVPN_HEAD_BYTES + 5 || !isSession(bytes, at + 1)) return false;
  if (isV3)
    return (
      length > TLS_CRYPT_RESET_BYTES + 2 &&
      u16(bytes, at + OPENVPN_HEAD_BYTES + 2) === 1 &&
      isTime(u32(bytes, at + OPENVPN_HEAD_BYTES + 4)) &&
      isWrappedKey(bytes, at, end)
    );
  // Neither acknowledgements nor a number yet: five zeros at the end.
  if (isAll(bytes, end - 5, end, 0)) {
    const hmacBytes = length - OPENVPN_HEAD_BYTES - 8 - 5;
    if (length === OPENVPN_HEAD_BYTES + 5) return true;
    return isHmacBytes(hmacBytes) && u32(bytes, end - 13) < MAX_NUMBER;
  }
  return length === TLS_CRYPT_RESET_BYTES && isTlsCryptReset(bytes, at);
}

/** The number behind the session is that of a first packet (0x0f: it asks for early negotiation), with the time beside it. */
function isTlsCryptReset(bytes: Uint8Array, at: number): boolean {
  const number = u32(bytes, at + OPENVPN_HEAD_BYTES);
  return (number === 1 || number === 0x0f000001) && isTime(u32(bytes, at + OPENVPN_HEAD_BYTES + 4));
}

/** tls-crypt-v2: the wrapped key of the client ends with its own length. */
function isWrappedKey(bytes: Uint8Array, at: number, end: number): boolean {
  const length = u16(bytes, end - 2);
  return at + TLS_CRYPT_RESET_BYTES + length === end;
}

const isTime = (seconds: number): boolean => seconds > YEAR_2010 && seconds < YEAR_2100;

/** A session is random: not text, no byte over and over, hardly a zero. */
function isSession(bytes: Uint8Array, at: number): boolean {
  let zeros = 0;
  let same = 0;
  let isText = true;
  for (let i = at; i < at + SESSION_BYTES; i++) {
    const byte = bytes[i]!;
    if (byte === 0) zeros += 1;
    if (byte === bytes[at]) same += 1;
    if (byte < 9 || byte > 0x7e) isText = false;
  }
  return zeros <= 2 && same <= 3 && !isText;
}

/** P_ACK_V1 without HMAC: session, 1-8 small numbers, session of the other side, nothing else. */
export function isOpenvpnAck(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at]! >> 3 !== OPENVPN_ACK || end - at < OPENVPN_HEAD_BYTES + 1) return false;
  const count = bytes[at + OPENVPN_HEAD_BYTES]!;
  if (count === 0 || count > MAX_ACKS || end - at !== OPENVPN_HEAD_BYTES + 1 + count * 4 + SESSION_BYTES) return false;
  for (let i = 0; i < count; i++) if (u32(bytes, at + OPENVPN_HEAD_BYTES + 1 + i * 4) >= MAX_NUMBER) return false;
  return isSession(bytes, at + 1) && isSession(bytes, end - SESSION_BYTES);
}

/** Where the first packet of a server names the session of its client, `session` at `from`: within its first 128 bytes. */
export function openvpnNamesSession(
  bytes: Uint8Array,
  at: number,
  end: number,
  session: Uint8Array,
  from: number,
): boolean {
  const last = Math.min(end, at + 128) - SESSION_BYTES;
  for (let start = at + OPENVPN_HEAD_BYTES; start <= last; start++) {
    let i = 0;
    while (i < SESSION_BYTES && bytes[start + i] === session[from + i]) i++;
    if (i === SESSION_BYTES) return isSession(session, from) && isAcknowledged(bytes, at + OPENVPN_HEAD_BYTES, start);
  }
  return false;
}

/** Before the session at `sessionAt` stand a count of 1 to 8 and so many small numbers; before them nothing, or HMAC, number and time. */
function isAcknowledged(bytes: Uint8Array, from: number, sessionAt: number): boolean {
  for (let count = 1; count <= MAX_ACKS; count++) {
    const countAt = sessionAt - 1 - 4 * count;
    if (countAt < from) return false;
    if (bytes[countAt] !== count || (countAt !== from && !isHmacBytes(countAt - from - 8))) continue;
    if (u32(bytes, countAt + 1) < MAX_NUMBER) return true;
  }
  return false;
}

/** The first answer of a server that is sure by itself: it acknowledges number 0 of a session with its own number 0. */
export function isOpenvpnServerReset(bytes: Uint8Array, at: number, end: number): boolean {
  const hmacBytes = end - at - OPENVPN_HEAD_BYTES - SERVER_TAIL_BYTES;
  if (bytes[at] !== OPENVPN_RESET_SERVER << 3 || hmacBytes < 0 || !isSession(bytes, at + 1)) return false;
  const tail = end - SERVER_TAIL_BYTES;
  if (bytes[tail] !== 1 || u32(bytes, tail + 1) !== 0 || u32(bytes, end - 4) !== 0 || !isSession(bytes, tail + 5))
    return false;
  return hmacBytes === 0 || (isHmacBytes(hmacBytes - 8) && u32(bytes, tail - 8) < MAX_NUMBER);
}

/** P_CONTROL_V1 without HMAC that begins a TLS record: at most 8 acknowledgements, small numbers, 16 03 and a version. */
export function isOpenvpnTls(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at]! >> 3 !== OPENVPN_CONTROL || end - at < OPENVPN_HEAD_BYTES + 1) return false;
  const count = bytes[at + OPENVPN_HEAD_BYTES]!;
  const numberAt = at + OPENVPN_HEAD_BYTES + 1 + (count === 0 ? 0 : count * 4 + SESSION_BYTES);
  if (count > MAX_ACKS || numberAt + 9 > end || u32(bytes, numberAt) >= MAX_NUMBER || !isSession(bytes, at + 1))
    return false;
  return bytes[numberAt + 4] === 0x16 && bytes[numberAt + 5] === 3 && bytes[numberAt + 6]! <= 4;
}

/** A packet of the control channel with a small number and a time near `seconds` where tls-auth or tls-crypt has them. */
export function mayBeOpenvpnWrapped(bytes: Uint8Array, at: number, end: number, seconds: number): boolean {
  const opcode = bytes[at]! >> 3;
  if (opcode !== OPENVPN_CONTROL && opcode !== OPENVPN_ACK && opcode !== OPENVPN_RESET_SERVER) return false;
  if (end - at < OPENVPN_HEAD_BYTES + 8 + 16 || !isSession(bytes, at + 1)) return false;
  const from = at + OPENVPN_HEAD_BYTES;
  if (isNumbered(bytes, from, end, seconds)) return true;
  for (let hmacBytes = 16; hmacBytes <= MAX_HMAC_BYTES; hmacBytes += 4)
    if (isHmacBytes(hmacBytes) && isNumbered(bytes, from + hmacBytes, end, seconds)) return true;
  return false;
}

function isNumbered(bytes: Uint8Array, at: number, end: number, seconds: number): boolean {
  if (at + 8 > end) return false;
  const number = u32(bytes, at);
  return (
    number > 0 &&
    (number & 0xffff) < 0x1000 &&
    number < 0x10000000 &&
    Math.abs(u32(bytes, at + 4) - seconds) < MONTH_SECONDS
  );
}

/** First 48 bits of the session of the packet at `at`, as one number: to be compared with that of another packet. */
export const openvpnSession = (bytes: Uint8Array, at: number): number =>
  u32(bytes, at + 1) * 0x10000 + u16(bytes, at + 5);
