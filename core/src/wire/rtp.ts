// RTP and RTCP (RFC 3550): one header each, and the walk over a compound of reports. Owns: whether these bytes can be one.
// Must not know streams. Bound: 32 reports a datagram.
/** @hot */
import { u16 } from './bytes.js';

export const RTP_HEADER_BYTES = 12;
/** Packets lost or out of order between two. */
const MAX_STEP = 32;
/** Ticks between the two: 4 million are 46 seconds at 90 kHz; video that is reordered goes back a little. */
const MAX_TICKS = 1 << 22;
const MAX_TICKS_BACK = 1 << 18;
const MAX_REPORTS = 32;
const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SENDER_INFO_BYTES = 20;
const REPORT_BLOCK_BYTES = 24;
/** Types of RFC 3550, RFC 4585, RFC 3611, RFC 5760, RFC 6284, RFC 5450. */
const FIRST_TYPE = 192;
const LAST_TYPE = 213;

export const rtpPayloadType = (bytes: Uint8Array, at: number): number => bytes[at + 1]! & 0x7f;
export const rtpSequence = (bytes: Uint8Array, at: number): number => u16(bytes, at + 2);

/**
 * Bytes of the RTP header at `at`: fixed part, contributing sources and extension; -1 when bytes[at, end) cannot be RTP. Payload
 * types 64-95 are left out, they would be RTCP (RFC 5761 section 4).
 */
export function rtpHeaderBytes(bytes: Uint8Array, at: number, end: number): number {
  const there = end - at;
  if (there < RTP_HEADER_BYTES || (bytes[at]! & 0xc0) !== 0x80) return -1;
  const payloadType = bytes[at + 1]! & 0x7f;
  if (payloadType >= 64 && payloadType < 96) return -1;
  let length = RTP_HEADER_BYTES + (bytes[at]! & 0x0f) * 4;
  if ((bytes[at]! & 0x10) !== 0) {
    if (length + 4 > there) return -1;
    length += 4 + u16(bytes, at + length + 2) * 4;
  }
  return length <= there ? length : -1;
}

/** A source is a random number: not one byte over and over, at most `most` of its four bytes are small. */
export function isRtpSource(ssrc: number, most: number): boolean {
  if (ssrc === (ssrc & 0xff) * 0x01010101) return false;
  let small = 0;
  for (let shift = 0; shift < 32; shift += 8) if (((ssrc >>> shift) & 0xf0) === 0) small += 1;
  return small <= most;
}

/**
 * How well a packet of a stream follows one before it: 2, the next number and another time near (pictures may be sent out of order);
 * 1, numbers were skipped, or the same time (a picture in several packets); 0, it does not follow.
 */
export function rtpFollows(oldSequence: number, oldTicks: number, sequence: number, ticks: number): number {
  const step = (sequence - oldSequence) & 0xffff;
  const passed = (ticks - oldTicks) | 0;
  if (step < 1 || step > MAX_STEP || passed < -MAX_TICKS_BACK || passed > MAX_TICKS) return 0;
  return step === 1 && passed !== 0 ? 2 : 1;
}

/**
 * Is bytes[start, end) one or several whole RTCP packets? Each has version 2 and a length, the lengths lead exactly to the end, and a
 * sender or receiver report has room for the blocks it announces.
 */
export function rtcpIsWhole(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  for (let i = 0; i < MAX_REPORTS; i++) {
    const next = rtcpPacketEnd(bytes, at, end);
    if (next < 0) return false;
    if (next === end) return true;
    at = next;
  }
  return false;
}

/** End of the RTCP packet at `at`, or -1. */
function rtcpPacketEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at + 8 > end || (bytes[at]! & 0xc0) !== 0x80) return -1;
  const type = bytes[at + 1]!;
  if (type < FIRST_TYPE || type > LAST_TYPE) return -1;
  const length = 4 + u16(bytes, at + 2) * 4;
  if ((type === SENDER_REPORT || type === RECEIVER_REPORT) && length < rtcpReportBytes(bytes, at)) return -1;
  return at + length <= end ? at + length : -1;
}

/** Bytes of the sender or receiver report at `at` with the blocks it announces, without what a profile adds. */
export const rtcpReportBytes = (bytes: Uint8Array, at: number): number =>
  8 + (bytes[at + 1] === SENDER_REPORT ? SENDER_INFO_BYTES : 0) + (bytes[at]! & 0x1f) * REPORT_BLOCK_BYTES;

/** Does it begin with a report, as RFC 3550 section 6.1 asks? Feedback alone is allowed by RFC 5506. */
export const rtcpBeginsWithReport = (bytes: Uint8Array, start: number): boolean =>
  bytes[start + 1] === SENDER_REPORT || bytes[start + 1] === RECEIVER_REPORT;

/** ZRTP (RFC 6189 section 5): its own version bits and a cookie of 32 bits. */
export const isZrtp = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start >= 28 &&
  (bytes[start]! & 0xf0) === 0x10 &&
  bytes[start + 4] === 0x5a &&
  bytes[start + 5] === 0x52 &&
  bytes[start + 6] === 0x54 &&
  bytes[start + 7] === 0x50;
