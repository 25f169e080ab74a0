// KCP, a reliable transport over UDP (github.com/skywind3000/kcp). Owns: its segments.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16le, u32le } from '@kaipo/core/wire/bytes.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

const HEADER_LEN = 24;
const PUSH = 81;
const WINS = 84;

/** Conversation 4, command 81 to 84, fragment, window 2, time 4, sequence 4, unacknowledged 4, length 4: little-endian. */
function segmentLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + HEADER_LEN > end) return -1;
  const command = bytes[at + 4]!;
  const length = u32le(bytes, at + 20);
  if (command < PUSH || command > WINS || length > 65_535) return -1;
  if (command === PUSH) return HEADER_LEN + length;
  // The others carry no data, are no fragment, and offer a window.
  const window = u16le(bytes, at + 6);
  return length === 0 && bytes[at + 5] === 0 && window > 0 && window <= 8192 ? HEADER_LEN : -1;
}

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN) return NOT_MINE;
  const conversation = u32le(bytes, start);
  const chain = followChain(bytes, start, end, segmentLength);
  if (chain === BROKEN || !endsExactly(chain) || conversation === 0) return NOT_MINE;
  // All segments of a datagram are of one conversation.
  for (let at = start; at + HEADER_LEN <= end; at += HEADER_LEN + u32le(bytes, at + 20))
    if (u32le(bytes, at) !== conversation) return NOT_MINE;
  if (bytes[start + 4] === PUSH && u32le(bytes, start + 20) === 0) return UNSURE;
  if (bytes[start + 4] === PUSH || wholeMessages(chain) >= 2) return MATCH;
  // An acknowledgement alone is mostly zeros: another datagram of the conversation has another time.
  const time = u32le(bytes, start + 8);
  if (p.memoA === conversation && p.memoB !== time) return MATCH;
  p.memoA = conversation;
  p.memoB = time;
  return UNSURE;
}

export const kcpPlugin = defineProtocol('KCP', {
  name: 'kcp',
  transports: ['udp'],
  datagram: { minBytes: HEADER_LEN, at: 4, values: Array.from({ length: WINS - PUSH + 1 }, (_, i) => PUSH + i) },
  probe,
});
