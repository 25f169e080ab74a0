// MPEG transport streams over UDP (ISO/IEC 13818-1; television over IP). Owns: the recognition.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { transportCounter, transportPackets, transportPid } from '@kaipo/core/wire/mpeg-ts.js';

/** Each packet of 188 bytes has 11 bits that are fixed; three are sure, one or two need a second datagram of the same program. */
function probe(p: Probe): Verdict {
  const count = transportPackets(p.bytes, p.start, p.end);
  if (count === 0) return NOT_MINE;
  if (count >= 3) return MATCH;
  const pid = transportPid(p.bytes, p.start) + 1;
  const counter = transportCounter(p.bytes, p.start);
  if (p.memoA === pid && p.memoB !== counter + 1) return MATCH;
  p.memoA = pid;
  p.memoB = counter + 1;
  return UNSURE;
}

export const mpegTsPlugin = defineProtocol('Television over IP (MPEG transport stream)', {
  name: 'mpeg-ts',
  transports: ['udp'],
  ports: [1234, 5500],
  firstBytes: [0x47],
  probe,
});
