// CoAP over UDP (RFC 7252) and TCP (RFC 8323). Owns: the header, the walk through the options, and how much that walk proves.
// Bound: 32 options.
/** @hot */

export const COAP_URI_HOST = 3;
export const COAP_URI_PATH = 11;
const LOCATION_PATH = 8;
const URI_QUERY = 15;
const LOCATION_QUERY = 20;
const PROXY_URI = 35;
const PROXY_SCHEME = 39;
const PAYLOAD = 0xff;
const MAX_OPTIONS = 32;

/** Longest value of each option; 0: an option without a value or none that exists. Shortest is 1 where `LEAST` says so. */
const MOST = new Uint16Array(65_536);
const KNOWN = new Uint8Array(65_536);
for (const [number, most] of [
  [1, 8],
  [3, 255],
  [4, 8],
  [5, 0],
  [6, 3],
  [7, 2],
  [8, 255],
  [9, 255],
  [11, 255],
  [12, 2],
  [13, 255],
  [14, 4],
  [15, 255],
  [16, 1],
  [17, 2],
  [19, 3],
  [20, 255],
  [21, 255],
  [23, 3],
  [27, 3],
  [28, 4],
  [31, 3],
  [35, 1034],
  [39, 255],
  [60, 4],
  [252, 40],
  [258, 1],
  [292, 8],
  [548, 0],
  [2049, 4],
  [2050, 4],
] as const) {
  // biome-ignore format: one table
  KNOWN[number] = 1;
  MOST[number] = most;
}

export const coapType = (bytes: Uint8Array, at: number): number => (bytes[at]! >> 4) & 3;
export const coapTokenLength = (bytes: Uint8Array, at: number): number => bytes[at]! & 0x0f;
export const coapCode = (bytes: Uint8Array, at: number): number => bytes[at + 1]!;
export const coapId = (bytes: Uint8Array, at: number): number => (bytes[at + 2]! << 8) | bytes[at + 3]!;

/** Version 1, a token of at most 8 bytes, a code that exists. Needs 4 bytes. */
export const isCoapHeader = (bytes: Uint8Array, at: number): boolean =>
  bytes[at]! >> 6 === 1 &&
  coapTokenLength(bytes, at) <= 8 &&
  (isCoapRequest(bytes[at + 1]!) || isCoapAnswer(bytes[at + 1]!) || bytes[at + 1] === 0);

/** GET POST PUT DELETE FETCH PATCH iPATCH. */
export const isCoapRequest = (code: number): boolean => code >= 1 && code <= 7;

/** 2.01 to 2.05 and 2.31, 4.00 to 4.15 and some, 5.00 to 5.05 and 5.08. */
export function isCoapAnswer(code: number): boolean {
  switch (code >> 5) {
    case 2:
      return (code & 31) <= 5 || code === 0x5f;
    case 4:
      return (
        (code & 31) <= 9 ||
        (code & 31) === 12 ||
        (code & 31) === 13 ||
        (code & 31) === 15 ||
        (code & 31) === 22 ||
        (code & 31) === 29
      );
    case 5:
      return (code & 31) <= 5 || (code & 31) === 8;
    default:
      return false;
  }
}

/** The option found last by `nextCoapOption`. */
export const coapOption = { number: 0, start: 0, end: 0 };

/**
 * Reads the option at `at` behind option number `before` into `coapOption`.
 * @returns where the next one begins; 0 when it does not fit.
 */
export function nextCoapOption(bytes: Uint8Array, at: number, end: number, before: number): number {
  let delta = bytes[at]! >> 4;
  let length = bytes[at]! & 15;
  let next = at + 1;
  if (delta === 15 || length === 15) return 0;
  if (delta >= 13) {
    if (next + delta - 12 > end) return 0;
    const extended = delta === 13 ? bytes[next]! + 13 : ((bytes[next]! << 8) | bytes[next + 1]!) + 269;
    next += delta - 12;
    delta = extended;
  }
  if (length >= 13) {
    if (next + length - 12 > end) return 0;
    const extended = length === 13 ? bytes[next]! + 13 : ((bytes[next]! << 8) | bytes[next + 1]!) + 269;
    next += length - 12;
    length = extended;
  }
  if (next + length > end) return 0;
  coapOption.number = before + delta;
  coapOption.start = next;
  coapOption.end = next + length;
  return next + length;
}

/**
 * Walks the options at `at`: each has to be known and of a length it can have, texts have to be text, and the walk has to end with
 * the message or a payload.
 * @returns how many bits that proves, roughly; -1 when it does not fit.
 */
export function coapOptionsProof(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  let number = 0;
  let bits = 0;
  for (let i = 0; i < MAX_OPTIONS && next < end; i++) {
    if (bytes[next] === PAYLOAD) return next + 1 < end ? bits + 8 : -1;
    const after = nextCoapOption(bytes, next, end, number);
    const isAgain = coapOption.number === number && i > 0;
    if (after === 0 || (isAgain && !isRepeatable(number))) return -1;
    number = coapOption.number;
    const length = coapOption.end - coapOption.start;
    if (number > 65_535 || KNOWN[number] === 0 || length > MOST[number]!) return -1;
    if (!isAgain) bits += 3;
    if (isText(number)) {
      for (let j = coapOption.start; j < coapOption.end; j++) if (bytes[j]! < 0x20 || bytes[j]! === 0x7f) return -1;
      bits += length;
    }
    next = after;
  }
  return next === end ? bits + 4 : -1;
}

/** If-Match, ETag, and the parts of paths and queries. */
const isRepeatable = (number: number): boolean =>
  number === 1 ||
  number === 4 ||
  number === LOCATION_PATH ||
  number === COAP_URI_PATH ||
  number === URI_QUERY ||
  number === LOCATION_QUERY;

const isText = (number: number): boolean =>
  number === COAP_URI_HOST ||
  number === COAP_URI_PATH ||
  number === LOCATION_PATH ||
  number === URI_QUERY ||
  number === LOCATION_QUERY ||
  number === PROXY_URI ||
  number === PROXY_SCHEME;

/** Length of the TCP message at `at`: length and token nibbles, extended length, code, token, options and payload. 0: too few bytes; -1: none. */
export function coapTcpLength(bytes: Uint8Array, at: number, end: number): number {
  const nibble = bytes[at]! >> 4;
  const token = bytes[at]! & 15;
  if (token > 8) return -1;
  const extra = coapTcpExtra(bytes, at);
  if (at + 2 + extra > end) return 0;
  const code = bytes[at + 1 + extra]!;
  if (!isCoapRequest(code) && !isCoapAnswer(code) && code !== 0 && !(code >= 0xe1 && code <= 0xe5)) return -1;
  let length = nibble;
  if (nibble === 13) length = bytes[at + 1]! + 13;
  else if (nibble === 14) length = ((bytes[at + 1]! << 8) | bytes[at + 2]!) + 269;
  else if (nibble === 15)
    length = ((bytes[at + 1]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!) + 65_805;
  return length < 0 || length > 16_777_216 ? -1 : 2 + extra + token + length;
}

/** Bytes of the extended length. */
export function coapTcpExtra(bytes: Uint8Array, at: number): number {
  const nibble = bytes[at]! >> 4;
  return nibble === 15 ? 4 : nibble > 12 ? nibble - 12 : 0;
}
