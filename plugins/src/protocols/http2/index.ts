// Cleartext HTTP/2 (RFC 9113): with prior knowledge, and what follows "Upgrade: h2c". Inside TLS it cannot be seen.
// Owns: what the first bytes of a side must be. Bound: the first frames.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import {
  FRAME_SETTINGS,
  frameType,
  HTTP2_PREFACE,
  isFirstSettings,
  isFrameChain,
} from '@kaipo/core/wire/http2-frames.js';
import { mayBegin } from '@kaipo/core/wire/match.js';
import { Http2Reader } from './reader.js';

/** Bytes of the preface that are enough: "PRI * HTTP/2.0\r\n". */
const ENOUGH_OF_PREFACE = 16;
/** Frames in a row that prove a connection whose beginning was not seen. */
const CERTAIN_FRAMES = 3;

export const http2Plugin = defineProtocol('Cleartext HTTP/2 requests and responses, gRPC', {
  name: 'http2',
  transports: ['tcp'],
  ports: [80, 8080, 50051, 9090],
  firstBytes: [0x50, 0x00],
  bufferBytes: 65_536,
  probe,
  open: (flow) => new Http2Reader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] === 0x50) {
    if (!mayBegin(bytes, start, end, HTTP2_PREFACE)) return NOT_MINE;
    return end - start >= ENOUGH_OF_PREFACE ? MATCH : UNSURE;
  }
  if (isFirstSettings(bytes, start, end)) return MATCH;
  if (!p.fromStart) return isFrameChain(bytes, start, end, CERTAIN_FRAMES) ? MATCH : NOT_MINE;
  return isFirstSettingsBegun(bytes, start, end) ? UNSURE : NOT_MINE;
}

/** A server speaks first: its SETTINGS in several segments. */
function isFirstSettingsBegun(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4) return bytes[start] === 0 && (end - start < 2 || bytes[start + 1] === 0);
  return (
    bytes[start + 1] === 0 &&
    bytes[start + 2]! > 0 &&
    bytes[start + 2]! <= 60 &&
    frameType(bytes, start) === FRAME_SETTINGS &&
    end - start < 9 + 60
  );
}
