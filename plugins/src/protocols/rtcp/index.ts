// RTCP (RFC 3550 section 6, RFC 4585, RFC 5506): reports about streams. Owns: the recognition of a compound of whole packets.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { rtcpBeginsWithReport, rtcpIsWhole } from '@kaipo/core/wire/rtp.js';

/** SRTCP (RFC 3711 section 3.4): the first eight bytes are in the clear, index and tag come last. */
const SECURE_TAIL_BYTES = 14;

/** Version and type leave 10 bits, the lengths 16 more each. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 8 || p.isCut) return NOT_MINE;
  const source = u32(bytes, start + 4);
  if (source < 0x100) return NOT_MINE;
  if (rtcpIsWhole(bytes, start, end) && rtcpBeginsWithReport(bytes, start)) return MATCH;
  if (!rtcpBeginsWithReport(bytes, start) && !isFeedback(bytes[start + 1]!)) return NOT_MINE;
  // One that is not sure by its lengths: a second one of the same source.
  if (start + 4 + u16(bytes, start + 2) * 4 > end - (rtcpIsWhole(bytes, start, end) ? 0 : SECURE_TAIL_BYTES))
    return NOT_MINE;
  if (p.memoA === source && p.memoB >= 1) return MATCH;
  p.memoA = source;
  p.memoB = 1;
  return UNSURE;
}

const isFeedback = (type: number): boolean => type === 205 || type === 206;

export const rtcpPlugin = defineProtocol('Reports about voice and video streams (RTCP)', {
  name: 'rtcp',
  transports: ['udp'],
  ports: [5005, 16385, 16387],
  firstBytes: Array.from({ length: 64 }, (_, i) => 0x80 + i),
  probe,
});
