// Beckhoff ADS: AMS over TCP, and the discovery over UDP (Beckhoff TE1000). Owns: their headers.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16le, u32, u32le } from '@kaipo/core/wire/bytes.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

const UDP = 17;
const DISCOVERY = 0x03661471;
const HEADER_LEN = 38;

/** Reserved 0, length; net ids and ports, command 1 to 9, state flags, data length 32 less, error, invoke id. */
function messageLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + HEADER_LEN > end) return bytes[at] === 0 && (at + 1 >= end || bytes[at + 1] === 0) ? 0 : -1;
  const length = u32le(bytes, at + 2);
  if (u16le(bytes, at) !== 0 || length < 32 || u32le(bytes, at + 26) !== length - 32) return -1;
  return u16le(bytes, at + 22) <= 9 && (u16le(bytes, at + 24) & 0xff00) === 0 ? 6 + length : -1;
}

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (p.transport === UDP) return end - start >= 12 && u32(bytes, start) === DISCOVERY ? MATCH : NOT_MINE;
  const chain = followChain(bytes, start, end, messageLength);
  if (chain === BROKEN) return NOT_MINE;
  if (end - start < HEADER_LEN) return UNSURE;
  // Flags of a request or an answer: 4 or 5, ADS command.
  const isFlags = (bytes[start + 24]! & 0x04) !== 0;
  return isFlags && (endsExactly(chain) || wholeMessages(chain) > 0 || u32le(bytes, start + 2) < 1_048_576)
    ? MATCH
    : NOT_MINE;
}

export const adsPlugin = defineProtocol('Beckhoff ADS', {
  name: 'ads',
  transports: ['tcp', 'udp'],
  ports: [48_898, 48_899],
  firstBytes: [0, 3],
  datagram: { minBytes: 12, values: [3], and: [{ at: 1, values: [0x66] }] },
  probe,
});
