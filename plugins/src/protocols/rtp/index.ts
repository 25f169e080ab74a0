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

/** The header leaves 2 + 1 bits; a second one of the same source, type and direction with the next number adds 32 + 7 + 11. */
function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  if (isZrtp(bytes, start, p.end)) return MATCH;
  if (rtpHeaderBytes(bytes, start, p.end) < 0) return NOT_MINE;
  const ssrc = u32(bytes, start + 8);
  if (!isSource(ssrc)) return NOT_MINE;
  const source = ssrc + (p.fromClient ? CLIENT : 0);
  const ticks = u32(bytes, start + 4);
  // Type and number in the upper 21 bits, ticks below: 53 bits in all.
  const place = (rtpPayloadType(bytes, start) >> 2) * 0x10000 + rtpSequence(bytes, start);
  const known = p.memoB;
  if (known !== 0 && p.memoA === source && isNext(Math.floor(known / CLIENT), known % CLIENT, place, ticks))
    return MATCH;
  // The other direction does not disturb what is known of this one.
  if (known === 0 || p.memoA >= CLIENT === p.fromClient) {
    p.memoA = source;
    p.memoB = place * CLIENT + ticks;
  }
  return UNSURE;
}

/** A source is a random number: not 0, not one byte over and over, not a small number. */
const isSource = (ssrc: number): boolean => ssrc > 0xff && ssrc !== (ssrc & 0xff) * 0x01010101;

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
