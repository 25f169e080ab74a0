// RTP (RFC 3550), SRTP (RFC 3711: the same header) and the ZRTP handshake (RFC 6189). Owns: the recognition of a stream by two
// packets of one source, or a few more. Bound: two numbers a flow.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { isRtpSource, isZrtp, rtpFollows, rtpHeaderBytes, rtpPayloadType, rtpSequence } from '@kaipo/core/wire/rtp.js';

const CLIENT = 0x1_0000_0000;
/** What is kept of a source: its number, its direction, and how well its packets followed each other so far. */
const POINT = 2 * CLIENT;
const ENOUGH = 2;
const ENOUGH_OF_POOR_SOURCE = 4;
/** Mixers name those who speak at the time. */
const MAX_CONTRIBUTORS = 4;

/**
 * The header leaves 2 + 1 bits; one that follows of the same source, type and direction, with the next number and another time, adds
 * 32 + 7 + 11. Where time stands still, numbers are skipped or the source is hardly random (it may be a header of others that stays
 * as it is) more have to follow.
 */
function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  if (isZrtp(bytes, start, p.end)) return MATCH;
  if (rtpHeaderBytes(bytes, start, p.end) < 0 || (bytes[start]! & 0x0f) > MAX_CONTRIBUTORS) return NOT_MINE;
  const ssrc = u32(bytes, start + 8);
  if (!isRtpSource(ssrc, 2)) return NOT_MINE;
  const source = ssrc + (p.fromClient ? CLIENT : 0);
  const ticks = u32(bytes, start + 4);
  // Type and number in the upper 21 bits, ticks below: 53 bits in all.
  const place = (rtpPayloadType(bytes, start) >> 2) * 0x10000 + rtpSequence(bytes, start);
  const isKnown = p.memoB !== 0 && p.memoA % POINT === source;
  let points = 0;
  if (isKnown) {
    const before = Math.floor(p.memoB / CLIENT);
    const gained =
      before >>> 16 === place >>> 16 ? rtpFollows(before & 0xffff, p.memoB % CLIENT, place & 0xffff, ticks) : 0;
    points = gained === 0 ? 0 : Math.floor(p.memoA / POINT) + gained;
    if (points >= (isRtpSource(ssrc, 1) ? ENOUGH : ENOUGH_OF_POOR_SOURCE)) return MATCH;
  }
  // The other direction does not disturb what is known of this one.
  if (p.memoB === 0 || p.memoA % POINT >= CLIENT === p.fromClient) {
    p.memoA = points * POINT + source;
    p.memoB = place * CLIENT + ticks;
  }
  return UNSURE;
}

export const rtpPlugin = defineProtocol('Voice and video streams (RTP, SRTP, ZRTP)', {
  name: 'rtp',
  transports: ['udp'],
  ports: [5004, 16384, 16386],
  firstBytes: [0x10, ...Array.from({ length: 64 }, (_, i) => 0x80 + i)],
  // ZRTP; few contributors.
  datagram: [
    { minBytes: 28, values: [0x10], and: [{ at: 4, values: [0x5a] }] },
    {
      minBytes: 12,
      values: Array.from({ length: 64 }, (_, i) => 0x80 + i).filter((byte) => (byte & 0x0f) <= MAX_CONTRIBUTORS),
    },
  ],
  probe,
});
