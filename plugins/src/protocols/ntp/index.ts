// NTP and SNTP versions 1 to 4 (RFC 1059, RFC 5905), with the control (mode 6, RFC 9327) and private (mode 7, ntpdc) messages.
// Owns: what such datagrams look like. Bound: looks at one datagram, keeps nothing.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { isAll } from '@kaipo/core/wire/exact.js';
import { isText } from '@kaipo/core/wire/match.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';

/** Versions 1 to 4. */
const FIRST_BYTES = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => {
  const version = (byte >> 3) & 7;
  return version >= 1 && version <= 4;
});

export const ntpPlugin = defineProtocol('Network time (NTP, SNTP)', {
  name: 'ntp',
  transports: ['udp'],
  ports: [123],
  // A time; control; private.
  datagram: [
    { minBytes: 48, at: 8, values: [0], and: [{ at: 4, values: [0, 0xff] }, { values: FIRST_BYTES }] },
    { minBytes: 12, values: FIRST_BYTES.filter((byte) => (byte & 7) === 6) },
    { minBytes: 8, at: 2, values: [0, 1, 2, 3], and: [{ values: FIRST_BYTES.filter((byte) => (byte & 7) === 7) }] },
  ],
  probe,
});

const PORT = 123;
const TIME_LEN = 48;
/** Half of the seconds since 1900. */
const YEAR_1968 = 0x8000_0000;
const MODE_CLIENT = 3;
const MODE_CONTROL = 6;
/** Its answer is a list of numbers. */
const READ_STATUS = 1;
const MODE_PRIVATE = 7;
/** Seconds between the last answer and the next question: the longest poll interval is 2^17. */
const MAX_BETWEEN = 1 << 18;

function probe(p: Probe): Verdict {
  const first = p.bytes[p.start]!;
  const version = (first >> 3) & 7;
  if (version < 1 || version > 4 || p.end - p.start < 8) return NOT_MINE;
  const mode = first & 7;
  if (mode === MODE_CONTROL) return isControl(p) ? MATCH : NOT_MINE;
  if (mode === MODE_PRIVATE) return isPrivate(p) ? MATCH : NOT_MINE;
  if (mode === 0 && version !== 1) return NOT_MINE;
  return isTime(p) ? MATCH : NOT_MINE;
}

/** Small stratum and intervals, root delay and dispersion below 256 s, and times that are 0 or near each other. */
function isTime(p: Probe): boolean {
  const { bytes, start, end } = p;
  if (end - start < TIME_LEN || (!p.isCut && !isTail(bytes, start + TIME_LEN, end))) return false;
  const poll = bytes[start + 2]!;
  const precision = bytes[start + 3]!;
  if (bytes[start + 1]! > 16 || (poll > 24 && poll < 0xf0)) return false;
  if (precision > 32 && precision < 0xd0) return false;
  const delay = bytes[start + 4]!;
  if ((delay !== 0 && delay !== 0xff) || bytes[start + 8] !== 0) return false;
  const mode = bytes[start]! & 7;
  // Who is no client knows the time, and how well.
  if (mode !== MODE_CLIENT && mode !== 0 && (u32(bytes, start + 40) === 0 || precision < 0xd0)) return false;
  const received = u32(bytes, start + 32);
  const sent = u32(bytes, start + 40);
  if (received === 0) return isAll(bytes, start + 24, start + 40, 0) && isFirstQuestion(bytes, start, end);
  // Off its port both times are there, and nothing behind them but a MAC.
  if (sent === 0) return hasPort(p, PORT);
  return (
    Math.abs(received - sent) < MAX_BETWEEN &&
    (hasPort(p, PORT) || (sent >= YEAR_1968 && isMac(end - start - TIME_LEN)))
  );
}

/** A client that knows nothing yet sends its time, a random number, or 48 bytes of which the last 32 are zeros. */
function isFirstQuestion(bytes: Uint8Array, start: number, end: number): boolean {
  const sentAt = start + 40;
  if (u32(bytes, sentAt) === 0) return end - start === TIME_LEN && isAll(bytes, start + 16, end, 0);
  let zeros = 0;
  for (let at = sentAt; at < start + TIME_LEN; at++) if (bytes[at] === 0) zeros += 1;
  return zeros <= 4 && bytes[sentAt] !== 0;
}

/** Extension fields of 16 bytes or more in words, then perhaps a key number, with a digest of 16 or 20 bytes or without. */
function isTail(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (!isMac(end - at)) {
    if (at + 16 > end) return false;
    const length = u16(bytes, at + 2);
    if (length < 16 || length % 4 !== 0) return false;
    at += length;
  }
  return true;
}

const isMac = (length: number): boolean => length === 0 || length === 4 || length === 20 || length === 24;

/** The count of data bytes is that of the datagram, padded to words, perhaps with a MAC; offsets are small. */
function isControl(p: Probe): boolean {
  const { bytes, start, end } = p;
  if (end - start < 12 || bytes[start]! >= 0x40) return false;
  const opcode = bytes[start + 1]! & 31;
  if (opcode === 0 || (opcode > 12 && opcode !== 31) || u16(bytes, start + 8) > 0x4000) return false;
  const rest = end - start - 12;
  const count = u16(bytes, start + 10);
  // A question has neither status nor offset; what is said is text, but for the list of associations.
  if (bytes[start + 1]! < 0x80) {
    if (u16(bytes, start + 4) !== 0 || u16(bytes, start + 8) !== 0) return false;
  }
  if (opcode !== READ_STATUS && count > 0 && !isText(bytes, start + 12, Math.min(end, start + 12 + count)))
    return false;
  const padded = (count + 3) & ~3;
  if (count > 0) return rest === count || rest === padded || rest - padded === 20 || rest - padded === 24;
  return isAll(bytes, start + 6, start + 12, 0) && (rest === 0 || rest === 20 || rest === 24);
}

/** Eight bytes, then items as many and as long as said; a question without items is zeros. */
function isPrivate(p: Probe): boolean {
  const { bytes, start, end } = p;
  const implementation = bytes[start + 2]!;
  if (implementation > 3 || bytes[start + 3]! > 45) return false;
  const items = u16(bytes, start + 4);
  const itemLength = u16(bytes, start + 6);
  if (itemLength > 500 || items > 0x5fff) return false;
  if (bytes[start]! >= 0x80) {
    const data = (items & 0xfff) * itemLength;
    return data > 0 && end - start === 8 + data;
  }
  // A question: no more to come, number 0, version 2 or later; at most one item, then zeros.
  if (bytes[start]! >= 0x40 || bytes[start]! < 0x10 || (bytes[start + 1]! & 0x7f) !== 0 || bytes[start + 3] === 0)
    return false;
  if (items > 1 || itemLength > 64 || (items === 0) !== (itemLength === 0)) return false;
  return start + 8 + itemLength <= end && isAll(bytes, start + 8 + itemLength, end, 0);
}
