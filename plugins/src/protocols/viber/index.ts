// Viber: messages over TCP 4244, 5242 and 5243, calls over UDP. Owns: the recognition. Source: observed messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u16le } from '@kaipo/core/wire/bytes.js';
import { isAll } from '@kaipo/core/wire/exact.js';

const TCP = 6;
const MIN_MESSAGE_BYTES = 20;
const MAX_MESSAGE_BYTES = 16_384;

function probe(p: Probe): Verdict {
  return p.transport === TCP ? probeStream(p) : probeDatagram(p);
}

/** Little-endian length of the whole message, exact at first; a number of one byte and three zeros; the rest is encrypted. */
function probeStream(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const there = end - start;
  if (there < 8) return UNSURE;
  const length = u16le(bytes, start);
  if (length < MIN_MESSAGE_BYTES || length > MAX_MESSAGE_BYTES) return NOT_MINE;
  if (isHello(bytes, start, there)) return there < length ? UNSURE : there === length ? MATCH : NOT_MINE;
  if (bytes[start + 3] !== 0 || bytes[start + 4] !== 0 || bytes[start + 5] !== 0) return NOT_MINE;
  if (there < length) return UNSURE;
  if (isAll(bytes, start + 6, start + length, bytes[start + 6]!)) return NOT_MINE;
  if (!isRandom(bytes, start + 6)) return NOT_MINE;
  return there === length || (there >= length + 6 && isNext(bytes, start, start + length)) ? MATCH : NOT_MINE;
}

/** Eight bytes of which at most one is zero and most are different. */
function isRandom(bytes: Uint8Array, at: number): boolean {
  let zeros = 0;
  let same = 0;
  for (let i = at; i < at + 8; i++) {
    if (bytes[i] === 0) zeros += 1;
    for (let j = at; j < i; j++) if (bytes[j] === bytes[i]) same += 1;
  }
  return zeros <= 1 && same <= 2;
}

/** Unencrypted, at the beginning: of the client fc ff, 3 or 5, 80 behind four bytes; of the server 3, 80 behind two. */
function isHello(bytes: Uint8Array, start: number, there: number): boolean {
  if (bytes[start + 4] === 3 && bytes[start + 5] === 0x80) return true;
  return there >= 10 && u16(bytes, start + 6) === 0xfcff && bytes[start + 8]! <= 8 && bytes[start + 9] === 0x80;
}

/** A second message in the same segments has the next number. */
const isNext = (bytes: Uint8Array, at: number, next: number): boolean =>
  bytes[next + 3] === 0 &&
  bytes[next + 4] === 0 &&
  bytes[next + 5] === 0 &&
  u16le(bytes, next) >= MIN_MESSAGE_BYTES &&
  u16le(bytes, next) <= MAX_MESSAGE_BYTES &&
  ((bytes[next + 2]! - bytes[at + 2]!) & 0xff) <= 4;

/** Length of each kind of message between client and relay; 0: another one. Call set-up (1) grows with what it offers. */
function lengthOf(kind: number, there: number): number {
  switch (kind) {
    case 0x01:
      return there >= 100 ? there : 0;
    case 0x03:
      return 12;
    case 0x09:
    case 0x1a:
      return 20;
    case 0x0b:
    case 0x19:
      return 34;
    case 0x0c:
      return 76;
    default:
      return 0;
  }
}

/** Two bytes that name the session, kind, 0, and the length of that kind; twice, of the same session. */
function probeDatagram(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const there = end - start;
  if (there < 12 || bytes[start + 3] !== 0 || lengthOf(bytes[start + 2]!, there) !== there) return NOT_MINE;
  const session = u16(bytes, start);
  if (bytes[start] === bytes[start + 1] || isAll(bytes, start + 4, end, bytes[start + 4]!)) return NOT_MINE;
  const kind = bytes[start + 2]!;
  if (p.memoA === session + 1 && p.memoB !== kind) return MATCH;
  if (p.memoA === session + 1) return UNSURE;
  p.memoA = session + 1;
  p.memoB = kind;
  return UNSURE;
}

export const viberPlugin = defineProtocol('Viber: messages and calls', {
  name: 'viber',
  transports: ['tcp', 'udp'],
  ports: [4244, 5242, 5243, 7985, 7987, 7989],
  isPortBound: true,
  application: 'Viber',
  probe,
});
