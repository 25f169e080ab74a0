// Frames of HTTP/2 as numbers. Owns: the connection preface, and which frame headers can be. Must not know: HPACK, streams.
// RFC 9113 sections 3.4, 4.1 and 6.
/** @hot */
import { u24, u32 } from './bytes.js';
import { asciiBytes } from './match.js';

export const HTTP2_PREFACE = asciiBytes('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const FRAME_HEADER_BYTES = 9;

export const FRAME_DATA = 0;
export const FRAME_HEADERS = 1;
const FRAME_PRIORITY = 2;
const FRAME_RST_STREAM = 3;
export const FRAME_SETTINGS = 4;
export const FRAME_PUSH_PROMISE = 5;
const FRAME_PING = 6;
const FRAME_GOAWAY = 7;
const FRAME_WINDOW_UPDATE = 8;
export const FRAME_CONTINUATION = 9;

export const FLAG_END_HEADERS = 4;
export const FLAG_PADDED = 8;
export const FLAG_PRIORITY = 0x20;

/** Flags that a type may carry; the others are unused in every known implementation. */
const FLAGS_OF = [0x09, 0x2d, 0, 0, 0x01, 0x0c, 0x01, 0, 0, 0x04];
/** SETTINGS that are registered: 1 to 6, 8 and 9; GREASE and vendors' ones are let through by the caller when the frame is in place. */
const MAX_KNOWN_SETTING = 9;

export const frameLength = (bytes: Uint8Array, at: number): number => u24(bytes, at);
export const frameType = (bytes: Uint8Array, at: number): number => bytes[at + 3]!;
export const frameFlags = (bytes: Uint8Array, at: number): number => bytes[at + 4]!;
/** The reserved bit is left out. */
export const frameStream = (bytes: Uint8Array, at: number): number => u32(bytes, at + 5) & 0x7fff_ffff;

/** Can the nine bytes at `at` be a frame header of a stream that is in step? Extension types pass. */
export function isFrameHeader(bytes: Uint8Array, at: number): boolean {
  const length = frameLength(bytes, at);
  const stream = frameStream(bytes, at);
  switch (frameType(bytes, at)) {
    case FRAME_DATA:
    case FRAME_HEADERS:
    case FRAME_PUSH_PROMISE:
    case FRAME_CONTINUATION:
      return stream !== 0;
    case FRAME_PRIORITY:
      return stream !== 0 && length === 5;
    case FRAME_RST_STREAM:
      return stream !== 0 && length === 4;
    case FRAME_SETTINGS:
      return stream === 0 && length % 6 === 0;
    case FRAME_PING:
      return stream === 0 && length === 8;
    case FRAME_GOAWAY:
      return stream === 0 && length >= 8;
    case FRAME_WINDOW_UPDATE:
      return length === 4;
    default:
      return true;
  }
}

/** The same, and so strict that a few of them in a row are no accident: known type and flags, reserved bit 0, usual lengths. */
function isUsualFrameHeader(bytes: Uint8Array, at: number): boolean {
  const flags = FLAGS_OF[frameType(bytes, at)];
  return (
    flags !== undefined &&
    (frameFlags(bytes, at) & ~flags) === 0 &&
    bytes[at + 5]! < 0x80 &&
    frameLength(bytes, at) <= 16_384 &&
    frameStream(bytes, at) < 0x100_0000 &&
    (frameLength(bytes, at) > 0 || mayBeEmpty(bytes, at)) &&
    isFrameHeader(bytes, at)
  );
}

/** SETTINGS, and DATA that ends its stream. */
const mayBeEmpty = (bytes: Uint8Array, at: number): boolean =>
  frameType(bytes, at) === FRAME_SETTINGS || (frameType(bytes, at) === FRAME_DATA && (frameFlags(bytes, at) & 1) !== 0);

/**
 * Does a side of a connection begin at `start`: a SETTINGS frame with one to ten registered settings, whole, one of them not zero, and
 * then nothing or another frame?
 */
export function isFirstSettings(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < FRAME_HEADER_BYTES + 6) return false;
  const length = frameLength(bytes, start);
  if (frameType(bytes, start) !== FRAME_SETTINGS || frameFlags(bytes, start) !== 0) return false;
  if (u32(bytes, start + 5) !== 0 || length === 0 || length > 60 || length % 6 !== 0) return false;
  const settingsEnd = start + FRAME_HEADER_BYTES + length;
  if (end < settingsEnd) return false;
  let values = 0;
  for (let at = start + FRAME_HEADER_BYTES; at < settingsEnd; at += 6) {
    const id = (bytes[at]! << 8) | bytes[at + 1]!;
    if (id === 0 || id > MAX_KNOWN_SETTING) return false;
    values |= u32(bytes, at + 2);
  }
  if (values === 0) return false;
  return end - settingsEnd < FRAME_HEADER_BYTES ? end === settingsEnd : isUsualFrameHeader(bytes, settingsEnd);
}

/** Do whole frames, at least `least` of them, fill [start, end) to the last byte, the last one perhaps cut off in its payload? */
export function isFrameChain(bytes: Uint8Array, start: number, end: number, least: number): boolean {
  let frames = 0;
  let at = start;
  while (at + FRAME_HEADER_BYTES <= end) {
    if (!isUsualFrameHeader(bytes, at)) return false;
    at += FRAME_HEADER_BYTES + frameLength(bytes, at);
    frames += 1;
  }
  return frames >= least && at >= end;
}
