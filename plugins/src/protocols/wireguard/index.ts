// WireGuard (whitepaper, section 5.4): four kinds of message of fixed layout. Owns: the recognition; Cloudflare's WARP, which fills the
// three reserved bytes. Bound: two numbers a flow.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u24, u32le } from '@kaipo/core/wire/bytes.js';
import { isAll } from '@kaipo/core/wire/exact.js';

const INITIATION = 1;
const RESPONSE = 2;
const COOKIE = 3;
const DATA = 4;
/** WARP of today, on its own port. */
const WARP_DATA = 0xc4;
const WARP_PORT = 2408;
const INITIATION_BYTES = 148;
const RESPONSE_BYTES = 92;
const COOKIE_BYTES = 64;
const DATA_HEADER_BYTES = 16;
const MIN_DATA_BYTES = 32;
/** The second authenticator is zero but under load. */
const MAC2_BYTES = 16;
const MAX_STEP = 4096;
const CLIENT = 0x1_0000_0000;
const WARP_PORTS = new Set([500, 1701, WARP_PORT, 4500]);

function probe(p: Probe): Verdict {
  const there = p.end - p.start;
  switch (p.bytes[p.start]) {
    case INITIATION:
      return there === INITIATION_BYTES ? probeInitiation(p) : NOT_MINE;
    case RESPONSE:
      return there === RESPONSE_BYTES ? probeAnswer(p, p.start + 8) : NOT_MINE;
    case COOKIE:
      return there === COOKIE_BYTES ? probeAnswer(p, p.start + 4) : NOT_MINE;
    case DATA:
      return u24(p.bytes, p.start + 1) === 0 ? probeData(p) : NOT_MINE;
    case WARP_DATA:
      return p.serverPort === WARP_PORT || p.clientPort === WARP_PORT ? probeData(p) : NOT_MINE;
    default:
      return NOT_MINE;
  }
}

/** 148 bytes of which the last 16 are zero; the key before them is not. */
function probeInitiation(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (!isRandom(bytes, start + 8, end - 2 * MAC2_BYTES)) return NOT_MINE;
  if (isAll(bytes, end - MAC2_BYTES, end, 0) && !isAll(bytes, end - 2 * MAC2_BYTES, end - MAC2_BYTES, 0)) return MATCH;
  // The answer names this sender: it will be sure.
  return u24(bytes, start + 1) === 0 ? UNSURE : NOT_MINE;
}

/** An answer of the right length names the sender of the initiation, or has zeros where a response has them. */
function probeAnswer(p: Probe, receiverAt: number): Verdict {
  const { bytes, start, end } = p;
  const receiver = u32le(bytes, receiverAt);
  if (receiver === 0 || !isRandom(bytes, start + 12, end - 2 * MAC2_BYTES)) return NOT_MINE;
  if (p.otherLength >= 8 && p.otherBytes[0] === INITIATION) {
    if (u32le(p.otherBytes, 4) === receiver) return MATCH;
    return NOT_MINE;
  }
  if (bytes[start] === RESPONSE && u24(bytes, start + 1) === 0 && isAll(bytes, end - MAC2_BYTES, end, 0))
    return isAll(bytes, end - 2 * MAC2_BYTES, end - MAC2_BYTES, 0) ? NOT_MINE : MATCH;
  return NOT_MINE;
}

/** Data alone: a whole number of 16 bytes; a second packet to the same receiver has one of the next numbers, whose upper half is zero. */
function probeData(p: Probe): Verdict {
  const { bytes, start } = p;
  const there = p.end - start;
  if (there < MIN_DATA_BYTES || (there % 16 !== 0 && !p.isCut)) return NOT_MINE;
  const receiver = u32le(bytes, start + 4);
  if (receiver < 0x10000 || u32le(bytes, start + 12) !== 0) return NOT_MINE;
  if (!isRandom(bytes, start + DATA_HEADER_BYTES, start + MIN_DATA_BYTES)) return NOT_MINE;
  const stream = receiver + (p.fromClient ? CLIENT : 0);
  const number = u32le(bytes, start + 8) + 1;
  const step = number - p.memoB;
  if (p.memoA === stream && step !== 0 && Math.abs(step) <= MAX_STEP) return MATCH;
  if (p.memoB === 0 || p.memoA >= CLIENT === p.fromClient) {
    p.memoA = stream;
    p.memoB = number;
  }
  return UNSURE;
}

/** Keys and what is encrypted: not one byte over and over, and at most an eighth of it zeros. */
function isRandom(bytes: Uint8Array, start: number, end: number): boolean {
  let zeros = 0;
  for (let at = start; at < end; at++) if (bytes[at] === 0) zeros += 1;
  return zeros * 8 <= end - start && !isAll(bytes, start, end, bytes[start]!);
}

class WireguardReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number): number {
    const isReserved = bytes[start] === WARP_DATA || (bytes[start]! <= COOKIE && u24(bytes, start + 1) !== 0);
    if (isReserved && WARP_PORTS.has(this.#flow.serverPort)) this.#flow.setApplication('Cloudflare WARP');
    return DONE;
  }
}

export const wireguardPlugin = defineProtocol('WireGuard tunnels', {
  name: 'wireguard',
  transports: ['udp'],
  ports: [51_820, 51_821, 2408],
  firstBytes: [INITIATION, RESPONSE, COOKIE, DATA, WARP_DATA],
  application: 'WireGuard',
  probe,
  open: (flow) => new WireguardReader(flow),
});
