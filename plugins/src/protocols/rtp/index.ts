// RTP (RFC 3550), SRTP (RFC 3711: the same header) and the ZRTP handshake (RFC 6189). Owns: the recognition of a stream by two
// packets of one source. Bound: two numbers a flow.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { isZrtp, rtpHeaderBytes, rtpPayloadType, rtpSequence } from '@kaipo/core/wire/rtp.js';

/** Packets lost or out of order between the two. */
const MAX_STEP = 32;
/** Ticks between the two: 16 million are 3 minutes at 90 kHz; video that is reordered goes back a little. */
const MAX_TICKS = 1 << 24;
const MAX_TICKS_BACK = 1 << 20;
const CLIENT = 0x1_0000_0000;
/** Mixers name those who speak at the time. */
const MAX_CONTRIBUTORS = 4;

/** The header leaves 2 + 1 bits; a second one of the same source, type and direction with the next number adds 32 + 7 + 11. */
function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  if (isZrtp(bytes, start, p.end)) return MATCH;
  if (rtpHeaderBytes(bytes, start, p.end) < 0 || (bytes[start]! & 0x0f) > MAX_CONTRIBUTORS) return NOT_MINE;
  const ssrc = u32(bytes, start + 8);
  if (!isSource(ssrc, 2)) return NOT_MINE;
  const source = ssrc + (p.fromClient ? CLIENT : 0);
  const ticks = u32(bytes, start + 4);
  // Type and number in the upper 21 bits, ticks below: 53 bits in all.
  const place = (rtpPayloadType(bytes, start) >> 2) * 0x10000 + rtpSequence(bytes, start);
  const known = p.memoB;
  // The same ticks again are a picture in several packets, or a header of others that stays as it is: then the source tells.
  const isNumbered = known !== 0 && p.memoA === source;
  if (isNumbered && isNext(Math.floor(known / CLIENT), known % CLIENT, place, ticks))
    return known % CLIENT !== ticks || isSource(ssrc, 1) ? MATCH : UNSURE;
  // The other direction does not disturb what is known of this one.
  if (known === 0 || p.memoA >= CLIENT === p.fromClient) {
    p.memoA = source;
    p.memoB = place * CLIENT + ticks;
  }
  return UNSURE;
}

/** A source is a random number: not one byte over and over, at most `most` of its four bytes are small. */
function isSource(ssrc: number, most: number): boolean {
  if (ssrc === (ssrc & 0xff) * 0x01010101) return false;
  let small = 0;
  for (let shift = 0; shift < 32; shift += 8) if (((ssrc >>> shift) & 0xf0) === 0) small += 1;
  return small <= most;
}

function isNext(oldPlace: number, oldTicks: number, place: number, ticks: number): boolean {
  if (oldPlace >>> 16 !== place >>> 16) return false;
  const step = (place - oldPlace) & 0xffff;
  const passed = (ticks - oldTicks) | 0;
  return step >= 1 && step <= MAX_STEP && passed >= -MAX_TICKS_BACK && passed <= MAX_TICKS;
}

export const rtpPlugin = defineProtocol('Voice and video streams (RTP, SRTP, ZRTP)', {
  name: 'rtp',
  transports: ['udp'],
  ports: [5004, 16384, 16386],
  firstBytes: [0x10, ...Array.from({ length: 64 }, (_, i) => 0x80 + i)],
  probe,
});
