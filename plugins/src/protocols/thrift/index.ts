// Apache Thrift: strict binary and compact protocol, framed or not, and the header transport. Owns: how a message begins.
// Must not know: Thrift over HTTP. Bound: names of 128 letters.
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
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { utf8Text } from '@kaipo/core/wire/match.js';

const UDP = 17;
const BINARY_VERSION = 0x8001;
const COMPACT = 0x82;
const HEADER_MAGIC = 0x0fff;
/** The default of Apache's servers. */
const MAX_FRAME = 16_384_000;
const MAX_NAME = 128;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 6) return p.transport === UDP ? NOT_MINE : UNSURE;
  if (bytes[start] === 0x80 || bytes[start] === COMPACT) return message(p, start, 0);
  // Framed: the length first.
  const length = u32(bytes, start);
  if (length < 8 || length > MAX_FRAME || p.transport === UDP) return NOT_MINE;
  if (u16(bytes, start + 4) === HEADER_MAGIC) return headerTransport(p, length);
  return message(p, start + 4, length);
}

/** Magic, flags, sequence, size of the header in 4-byte words; the header fits into the frame. */
function headerTransport(p: Probe, length: number): Verdict {
  if (p.end - p.start < 15) return UNSURE;
  const { bytes, start } = p;
  const words = u16(bytes, start + 12);
  // Four flags; protocol 0 to 4.
  if (words === 0 || words * 4 + 10 >= length || u16(bytes, start + 6) > 0x0f || bytes[start + 14]! > 4)
    return NOT_MINE;
  return fillsFrame(p, length, 0x0f);
}

function message(p: Probe, at: number, frame: number): Verdict {
  return p.bytes[at] === COMPACT ? compact(p, at, frame) : binary(p, at, frame);
}

/** Version 1, kind 1 to 4, length of the name, name, sequence. */
function binary(p: Probe, at: number, frame: number): Verdict {
  const { bytes, end } = p;
  if (at + 8 > end) return at + 2 > end || u16(bytes, at) === BINARY_VERSION ? UNSURE : NOT_MINE;
  if (u16(bytes, at) !== BINARY_VERSION || bytes[at + 2] !== 0 || bytes[at + 3]! < 1 || bytes[at + 3]! > 4)
    return NOT_MINE;
  const length = u32(bytes, at + 4);
  if (length === 0 || length > MAX_NAME || (frame > 0 && length + 12 > frame)) return NOT_MINE;
  return name(p, at + 8, length, 2);
}

/** Protocol id, version 1 with the kind, sequence (varint), length of the name (one byte), name. */
function compact(p: Probe, at: number, frame: number): Verdict {
  const { bytes, end } = p;
  if (at + 4 > end) return UNSURE;
  const kind = bytes[at + 1]! >> 5;
  if ((bytes[at + 1]! & 0x1f) !== 1 || kind < 1 || kind > 4) return NOT_MINE;
  let next = at + 2;
  while (next < end && bytes[next]! > 0x7f && next < at + 6) next += 1;
  if (next + 1 >= end) return UNSURE;
  const length = bytes[next + 1]!;
  if (length === 0 || length > 0x7f || (frame > 0 && length > frame)) return NOT_MINE;
  const verdict = name(p, next + 2, length, frame > 0 ? 3 : 6);
  return verdict === MATCH && frame > 0 ? fillsFrame(p, frame, COMPACT) : verdict;
}

/** Does the frame end where the bytes end, or another one follow whose message begins with `first`? */
function fillsFrame(p: Probe, length: number, first: number): Verdict {
  const stop = p.start + 4 + length;
  if (stop === p.end) return MATCH;
  if (stop > p.end || stop + 5 > p.end) return UNSURE;
  return p.bytes[stop] === 0 && p.bytes[stop + 4] === first ? MATCH : NOT_MINE;
}

/** A name of letters, digits, _ . : of at least `least`. */
function name(p: Probe, at: number, length: number, least: number): Verdict {
  if (length < least) return NOT_MINE;
  const stop = Math.min(p.end, at + length);
  for (let i = at; i < stop; i++) if (!isNameByte(p.bytes[i]!)) return NOT_MINE;
  return stop === at + length ? MATCH : UNSURE;
}

const isNameByte = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x30 && byte <= 0x3a) ||
  byte === 0x5f ||
  byte === 0x2e;

/** Keeps the name of the first call. */
class ThriftReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, _fromClient: boolean): number {
    if (end - start < 6) return 0;
    const at = bytes[start] === 0x80 || bytes[start] === COMPACT ? start : start + 4;
    if (bytes[at] === 0x80 && at + 8 <= end) {
      const stop = at + 8 + u32(bytes, at + 4);
      if (stop > end) return end - start < 256 ? 0 : DONE;
      this.#flow.setDetails({ subject: utf8Text(bytes, at + 8, stop, MAX_NAME) });
    }
    return DONE;
  }
}

export const thriftPlugin = defineProtocol('Apache Thrift', {
  name: 'thrift',
  transports: ['tcp', 'udp'],
  ports: [9090, 9160, 6831, 6832, 14_250],
  firstBytes: [0x80, COMPACT, 0, 1, 2, 3, 4, 5, 6],
  datagram: { minBytes: 6, values: [0x80, COMPACT] },
  probe,
  open: (flow) => new ThriftReader(flow),
});
