// RTPS, the wire protocol of DDS (OMG DDSI-RTPS). Owns: the message header.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, mayBegin } from '@kaipo/core/wire/match.js';

const UDP = 17;
const RTPS = asciiBytes('RTPS');
const RTPX = asciiBytes('RTPX');
const MIN_LEN = 16;

/** Magic, version 1 or 2, vendor (its first byte is 1), then who sends. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < MIN_LEN) return p.transport !== UDP && mayBegin(bytes, start, end, RTPS) ? UNSURE : NOT_MINE;
  if (!beginsWith(bytes, start, end, RTPS) && !beginsWith(bytes, start, end, RTPX)) return NOT_MINE;
  return (bytes[start + 4] === 1 || bytes[start + 4] === 2) && bytes[start + 5]! <= 9 && bytes[start + 6]! <= 2
    ? MATCH
    : NOT_MINE;
}

export const rtpsPlugin = defineProtocol('DDS (RTPS)', {
  name: 'rtps',
  transports: ['udp', 'tcp'],
  ports: [7400, 7401, 7410, 7411],
  firstBytes: [0x52],
  probe,
});
