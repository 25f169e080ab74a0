// RabbitMQ stream protocol (rabbitmq-stream PROTOCOL.adoc). Owns: the frame header.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

/** Length, key (its top bit: an answer), version 1 or 2. */
function frameLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 8 > end) return bytes[at] === 0 ? 0 : -1;
  const length = u32(bytes, at);
  const key = u16(bytes, at + 4) & 0x7fff;
  const version = u16(bytes, at + 6);
  return length >= 4 && length <= 16_777_216 && key >= 1 && key <= 30 && (version === 1 || version === 2)
    ? 4 + length
    : -1;
}

const PEER_PROPERTIES = 17;

function probe(p: Probe): Verdict {
  const chain = followChain(p.bytes, p.start, p.end, frameLength);
  if (chain === BROKEN) return NOT_MINE;
  if (wholeMessages(chain) >= 3 && (!p.fromStart || (u16(p.bytes, p.start + 4) & 0x7fff) === PEER_PROPERTIES))
    return MATCH;
  // A client begins with its properties: key 17, correlation id, how many.
  const isFirst =
    p.end - p.start >= 16 &&
    (u16(p.bytes, p.start + 4) & 0x7fff) === PEER_PROPERTIES &&
    u32(p.bytes, p.start + 8) < 65_536;
  return endsExactly(chain) && isFirst ? MATCH : UNSURE;
}

export const rabbitmqStreamPlugin = defineProtocol('RabbitMQ streams', {
  name: 'rabbitmq-stream',
  transports: ['tcp'],
  ports: [5552],
  firstBytes: [0],
  probe,
});
