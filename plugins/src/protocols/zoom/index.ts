// Zoom's own layer over UDP: the hello of a client to a media server, and media packets with RTP inside. Owns: the recognition.
// Sources: "Enabling Passive Measurement of Zoom Performance in Production Networks" (Michel et al., 2022), observed messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { rtpFollows, rtpHeaderBytes } from '@kaipo/core/wire/rtp.js';

const HELLO = 1;
const HELLO_ANSWER = 2;
const MEDIA = 5;
/** One byte of kind, 2 of variant, 16 of identity. */
const IDENTITY_AT = 3;
const IDENTITY_END = 19;
const HELLO_BYTES = 39;
/** Layer of the media server: kind, number, direction in the last byte. */
const SERVER_LAYER_BYTES = 8;
const RTCP_OFFSET = 16;
const POINT = 2 ** 40;
/** Sources are small numbers here: a packet that follows well behind the layer of a server, or two of them. */
const ENOUGH_OF_SERVER = 2;
const ENOUGH = 4;

function probe(p: Probe): Verdict {
  switch (p.bytes[p.start]) {
    case HELLO:
      return isHello(p) ? MATCH : NOT_MINE;
    case HELLO_ANSWER:
      return isAnswer(p) ? MATCH : NOT_MINE;
    case MEDIA:
      return probeMedia(p, p.start + SERVER_LAYER_BYTES);
    default:
      return probeMedia(p, p.start);
  }
}

/** Behind the identity eight bytes that are the number 2, the time twice, and the length of the token: 128 bits. */
function isHello(p: Probe): boolean {
  const { bytes, start } = p;
  if (p.end - start < HELLO_BYTES || bytes[start + 1] !== 0 || bytes[start + 2]! > 8) return false;
  return (
    u32(bytes, start + IDENTITY_END) === 0 &&
    u32(bytes, start + IDENTITY_END + 4) === 2 &&
    u32(bytes, start + IDENTITY_END + 8) === u32(bytes, start + IDENTITY_END + 12) &&
    u32(bytes, start + IDENTITY_END + 16) === 0x40
  );
}

/** The answer repeats the identity of the hello. */
function isAnswer(p: Probe): boolean {
  const { bytes, start, otherBytes } = p;
  if (p.end - start < IDENTITY_END + 8 || p.otherLength < IDENTITY_END || otherBytes[0] !== HELLO) return false;
  if (otherBytes[1] !== 0 || otherBytes[2]! > 8 || bytes[start + 1] !== 0 || bytes[start + 2]! > 8) return false;
  if (!isRandom(bytes, start + IDENTITY_AT, start + IDENTITY_END)) return false;
  for (let i = IDENTITY_AT; i < IDENTITY_END; i++) if (bytes[start + i] !== otherBytes[i]) return false;
  return true;
}

/** At most a third of the bytes is small: of a random number hardly one in sixteen is. */
function isRandom(bytes: Uint8Array, start: number, end: number): boolean {
  let small = 0;
  for (let at = start; at < end; at++) if (bytes[at]! < 0x10) small += 1;
  return small * 3 <= end - start;
}

/** Where RTP begins in a media packet of this kind: screen, audio, video, screen of a meeting; reports; 0 for anything else. */
function mediaOffset(kind: number): number {
  switch (kind) {
    case 13:
      return 27;
    case 15:
      return 19;
    case 16:
      return 24;
    case 30:
      return 20;
    case 33:
    case 34:
      return RTCP_OFFSET;
    default:
      return 0;
  }
}

/** A header of RTP of the same source twice, or of a sender report once, at the place its kind says. */
function probeMedia(p: Probe, at: number): Verdict {
  const { bytes, start, end } = p;
  if (at >= end) return NOT_MINE;
  if (at > start && bytes[start + 7] !== 0 && bytes[start + 7] !== 4) return NOT_MINE;
  const offset = mediaOffset(bytes[at]!);
  const inner = at + offset;
  if (offset === 0 || inner + 12 > end) return NOT_MINE;
  const source = u32(bytes, inner + 4);
  if (offset === RTCP_OFFSET)
    return (bytes[inner]! & 0xfe) === 0x80 && u16(bytes, inner + 1) === 0xc800 && source > 0xffff && at > start
      ? MATCH
      : NOT_MINE;
  if (rtpHeaderBytes(bytes, inner, end) < 0 || u32(bytes, inner + 8) < 0x100) return NOT_MINE;
  // Kind and source of 40 bits, and how well its packets followed each other so far.
  const stream = u32(bytes, inner + 8) * 0x100 + bytes[at]!;
  const sequence = u16(bytes, inner + 2);
  const ticks = u32(bytes, inner + 4);
  let points = 0;
  if (p.memoA % POINT === stream) {
    const gained = rtpFollows(Math.floor(p.memoB / 0x1_0000_0000), p.memoB % 0x1_0000_0000, sequence, ticks);
    points = gained === 0 ? 0 : Math.floor(p.memoA / POINT) + gained;
    if (points >= (at > start && gained === 2 ? ENOUGH_OF_SERVER : ENOUGH)) return MATCH;
  }
  p.memoA = points * POINT + stream;
  p.memoB = sequence * 0x1_0000_0000 + ticks;
  return UNSURE;
}

export const zoomPlugin = defineProtocol('Zoom calls (its own layer over UDP)', {
  name: 'zoom',
  transports: ['udp'],
  ports: [8801, 8802, 8803, 8804, 8805, 8806, 8807, 8808, 8809, 8810],
  firstBytes: [HELLO, HELLO_ANSWER, MEDIA, 13, 15, 16, 30],
  application: 'Zoom',
  probe,
});
