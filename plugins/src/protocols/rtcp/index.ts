// RTCP (RFC 3550 section 6, RFC 4585, RFC 5506): reports about streams. Owns: the recognition of a compound of whole packets.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { rtcpBeginsWithReport, rtcpIsWhole, rtcpReportBytes } from '@kaipo/core/wire/rtp.js';

/** SRTCP (RFC 3711 section 3.4): the first eight bytes are in the clear, index and tag of 80 bits come last; with AES-GCM (RFC 7714) the index. */
const SECURE_TAIL_BYTES = 14;
const FEEDBACK_BYTES = 12;
/** Reports are rare, and what is between two of them may be lost. */
const MAX_STEP = 64;
/** Where the index is elsewhere, or nothing is encrypted: so many packets of one source. */
const ENOUGH_PACKETS = 6;
const CLIENT = 0x1_0000_0000;
/** Two indices of 24 bits, and a count above them: 52 bits in all. */
const INDEX = 1 << 24;
const PACKET = INDEX * INDEX;
const NO_INDEX = INDEX - 1;

/** Version and type leave 10 bits, the lengths 16 more each. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 8 || p.isCut) return NOT_MINE;
  const ssrc = u32(bytes, start + 4);
  const isReport = rtcpBeginsWithReport(bytes, start);
  if (ssrc < 0x100 || (!isReport && !isFeedback(bytes, start))) return NOT_MINE;
  const length = 4 + u16(bytes, start + 2) * 4;
  const least = isReport ? rtcpReportBytes(bytes, start) : FEEDBACK_BYTES;
  if (length < least || start + length > end) return NOT_MINE;
  const isWhole = rtcpIsWhole(bytes, start, end);
  if (isWhole && isReport && length === least) return MATCH;
  if (!isWhole && start + length > end - SECURE_TAIL_BYTES) return NOT_MINE;
  // Feedback alone, a report with something of its own behind it, or encrypted: a second one of the same source.
  return isAgain(p, ssrc + (p.fromClient ? CLIENT : 0), isWhole) ? MATCH : UNSURE;
}

/** Is this the second one of its source: whole like the first, or with the next index? Keeps it when not. */
function isAgain(p: Probe, source: number, isWhole: boolean): boolean {
  const tagAt = p.end - SECURE_TAIL_BYTES;
  const behindTag = tagAt < p.start ? NO_INDEX : secureIndex(p.bytes, tagAt);
  const last = secureIndex(p.bytes, p.end - 4);
  const isKnown = p.memoA === source;
  const packets = isKnown ? Math.floor(p.memoB / PACKET) : 0;
  if (isKnown) {
    if (isWhole || packets + 1 >= ENOUGH_PACKETS) return true;
    if (isNextIndex(Math.floor(p.memoB / INDEX) % INDEX, behindTag) || isNextIndex(p.memoB % INDEX, last)) return true;
  }
  // The other direction does not disturb what is known of this one.
  if (p.memoB === 0 || isKnown || p.memoA >= CLIENT === p.fromClient) {
    p.memoA = source;
    p.memoB = (packets + 1) * PACKET + behindTag * INDEX + last;
  }
  return false;
}

/** The lower 24 bits of an index with the bit that says "encrypted"; NO_INDEX without it. */
const secureIndex = (bytes: Uint8Array, at: number): number =>
  bytes[at]! >= 0x80 ? u32(bytes, at) & (INDEX - 1) : NO_INDEX;

function isNextIndex(before: number, index: number): boolean {
  if (before === NO_INDEX || index === NO_INDEX) return false;
  const step = (index - before) & (INDEX - 1);
  return step >= 1 && step <= MAX_STEP;
}

/** Feedback of transport (RFC 4585, RFC 8888) or payload: formats 1 to 15. */
const isFeedback = (bytes: Uint8Array, start: number): boolean =>
  (bytes[start + 1] === 205 || bytes[start + 1] === 206) && (bytes[start]! & 0x1f) >= 1 && (bytes[start]! & 0x1f) <= 15;

export const rtcpPlugin = defineProtocol('Reports about voice and video streams (RTCP)', {
  name: 'rtcp',
  transports: ['udp'],
  ports: [5005, 16385, 16387],
  firstBytes: Array.from({ length: 64 }, (_, i) => 0x80 + i),
  // Reports and feedback.
  datagram: { minBytes: 8, at: 1, values: [200, 201, 205, 206] },
  probe,
});
