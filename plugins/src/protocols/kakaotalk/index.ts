// KakaoTalk calls: plain RTCP and RTP, so it takes the relays' addresses to know them. Owns: the recognition, the address range.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { rtcpIsWhole } from '@kaipo/core/wire/rtp.js';

/** 1.201.0.0/16, Kakao's relays. */
const RELAYS = 0x01c9;
/** A sender report with one block, as its relays begin with. */
const SENDER_REPORT = 0x81c8000c;

function probe(p: Probe): Verdict {
  if (p.ipVersion !== 4 || p.end - p.start < 52 || u32(p.bytes, p.start) !== SENDER_REPORT) return NOT_MINE;
  if (u16(p.addressBytes, p.srcAddr) !== RELAYS && u16(p.addressBytes, p.dstAddr) !== RELAYS) return NOT_MINE;
  return rtcpIsWhole(p.bytes, p.start, p.end) ? MATCH : NOT_MINE;
}

export const kakaotalkPlugin = defineProtocol('KakaoTalk calls', {
  name: 'kakaotalk',
  transports: ['udp'],
  ports: [23_044, 23_045, 23_046, 23_047],
  firstBytes: [0x81],
  application: 'KakaoTalk',
  probe,
});
