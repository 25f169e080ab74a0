// The PROXY protocol, versions 1 and 2: a line or header in front of a connection that says who the client really is (HAProxy's
// proxy-protocol.txt). Owns: that header. What follows is another protocol's. Bound: 107 bytes of a line, 16 of a binary header.
import {
  defineProtocol,
  type FlowReader,
  HAND_OVER,
  MATCH,
  NOT_MINE,
  type Probe,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, indexOfByte, mayBegin } from '@kaipo/core/wire/match.js';

const SIGNATURE_2 = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
const HEADER_2_BYTES = 16;
const LINES = ['PROXY TCP4 ', 'PROXY TCP6 ', 'PROXY UNKNOWN'].map(asciiBytes);
/** Section 2.1: the longest line there is. */
const MAX_LINE_BYTES = 107;

export const haproxyPlugin = defineProtocol('PROXY protocol headers of HAProxy and other load balancers', {
  name: 'haproxy',
  transports: ['tcp'],
  firstBytes: [0x50, 0x0d],
  probe,
  open: () => new HaproxyReader(),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] === 0x0d) {
    if (!mayBegin(bytes, start, end, SIGNATURE_2)) return NOT_MINE;
    if (end - start < HEADER_2_BYTES) return UNSURE;
    return bytes[start + 12]! >> 4 === 2 && (bytes[start + 12]! & 0xf) <= 1 ? MATCH : NOT_MINE;
  }
  for (let i = 0; i < LINES.length; i++) {
    const line = LINES[i]!;
    if (mayBegin(bytes, start, end, line)) return end - start < line.length ? UNSURE : MATCH;
  }
  return NOT_MINE;
}

class HaproxyReader implements FlowReader {
  #isBehindHeader = false;

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (this.#isBehindHeader) return HAND_OVER;
    // Servers that speak first, as those of mail do, may do so before the header comes.
    if (!fromClient) return 0;
    const length = headerLength(bytes, start, end);
    if (length > 0) this.#isBehindHeader = true;
    return length;
  }
}

/** 0: not whole yet. */
function headerLength(bytes: Uint8Array, start: number, end: number): number {
  if (beginsWith(bytes, start, end, SIGNATURE_2)) {
    const length = end - start < HEADER_2_BYTES ? 0 : HEADER_2_BYTES + u16(bytes, start + 14);
    return length;
  }
  const feed = indexOfByte(bytes, start, end, 0x0a);
  if (feed >= 0) return feed + 1 - start;
  return end - start > MAX_LINE_BYTES ? end - start : 0;
}
