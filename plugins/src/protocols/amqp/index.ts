// AMQP 0-9-1 (RabbitMQ) and 1.0 (Qpid, ActiveMQ, Azure Service Bus). Owns: the protocol header and frames seen from the middle.
// Bound: `amqp-reader.ts`.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { amqp1FrameLength, amqpFrameLength } from '@kaipo/core/wire/amqp.js';
import { asciiBytes, beginsWith, mayBegin } from '@kaipo/core/wire/match.js';
import { BROKEN, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';
import { AmqpReader } from './amqp-reader.js';

const HEADER = asciiBytes('AMQP');

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] === 0x41) return protocolHeader(p);
  const chain = followChain(bytes, start, end, bytes[start] === 0 ? amqp1FrameLength : amqpFrameLength);
  if (chain === BROKEN) return NOT_MINE;
  // One frame: its end mark or its descriptor, a small class, a length that fits. An empty frame of 1.0 is mostly zeros: it waits.
  const whole = wholeMessages(chain);
  if (bytes[start] === 0 && amqp1FrameLength(bytes, start, end) === 8)
    return whole >= 2 && amqp1FrameLength(bytes, start + 8, end) > 8 ? MATCH : UNSURE;
  return whole >= 1 ? MATCH : UNSURE;
}

/** "AMQP", then 0 0 9 1, or a protocol id (0 AMQP, 2 TLS, 3 SASL) and 1 0 0, or 1 1 and a version of before. */
function protocolHeader(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (!beginsWith(bytes, start, end, HEADER)) return mayBegin(bytes, start, end, HEADER) ? UNSURE : NOT_MINE;
  if (end - start < 8) return UNSURE;
  return bytes[start + 4]! <= 3 && bytes[start + 5]! <= 1 && bytes[start + 6]! <= 10 && bytes[start + 7]! <= 10
    ? MATCH
    : NOT_MINE;
}

export const amqpPlugin = defineProtocol('AMQP 0-9-1 and 1.0', {
  name: 'amqp',
  transports: ['tcp'],
  ports: [5672, 5673],
  firstBytes: [0, 1, 2, 3, 8, 0x41],
  probe,
  open: (flow) => new AmqpReader(flow),
});
