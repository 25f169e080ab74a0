// Is this datagram QUIC? Owns: what counts as proof. Must not know: keys; nothing is decrypted here. Bound: a header, constant work;
// for Google's REJ and Version Negotiation a look through some hundred bytes.
//
// A known version is worth 27 to 32 bits. Version 1 is the number 1, which other things are too: there the lengths of the packet must
// fit the datagram. Short headers say nothing anybody could check: a flow that is met after its handshake keeps no name.
/** @hot */
import { MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { BAD, FITS, SHORT } from '@kaipo/core/wire/check.js';
import { GquicHeader, isGquicReject, isGquicReset, readGquicHeader } from '@kaipo/core/wire/gquic.js';
import {
  MAX_CONNECTION_ID_BYTES,
  QUIC_OTHER,
  QUIC_RETRY,
  QUIC_VERSIONS,
  QuicHeader,
  quicFixedBit,
  readQuicHeader,
} from '@kaipo/core/wire/quic.js';
import {
  isForcedNegotiation,
  isGoogleVersion,
  QUIC_OLD_DRAFT,
  QUIC_UNKNOWN,
  QUIC_V1,
  quicShape,
} from '@kaipo/core/wire/quic-versions.js';

/** RFC 9000 section 7.2: what a client makes up as the server's id has at least so many bytes. */
const MIN_FIRST_ID_BYTES = 8;
/** RFC 9000 section 14.1: no datagram with a client's Initial is shorter. */
const MIN_INITIAL_DATAGRAM = 1_200;
/** Of both ids together, in packets of version 1: nobody lets both sides go without. */
const MIN_ID_BYTES = 4;
const MIN_OLD_DRAFT_BYTES = 64;
const LAST_DRAFT_WITH_SEVEN_BITS = 16;

const RETRY_TAG_BYTES = 16;
/** First byte, packet number and what header protection samples. */
const MIN_SHORT_PACKET = 21;
const MAX_ZEROS_OF_TAG = 3;

const HEADER = new QuicHeader();
const OTHER = new QuicHeader();
const GOOGLE = new GquicHeader();

export function probeQuic(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 9) return NOT_MINE;
  if (bytes[start]! < 0x80) return probeGoogle(bytes, start, end);
  const fits = readQuicHeader(bytes, start, end, HEADER);
  if (fits === BAD || (fits === SHORT && !p.isCut)) return NOT_MINE;
  const { version, type } = HEADER;
  if (type === QUIC_VERSIONS) return isNegotiation(p) ? MATCH : NOT_MINE;
  // The bit may be 0 where client and server have met before; then the client's first datagram is needed to be sure.
  if (!quicFixedBit(bytes, start) && !isFirstDatagram(start, end)) return NOT_MINE;
  if (type === QUIC_OTHER) return isOther(bytes, start, end) ? MATCH : NOT_MINE;
  if (type === QUIC_RETRY) return fits === FITS && isRetry(p) ? MATCH : NOT_MINE;
  if (isForcedNegotiation(version)) return fits === FITS && isForced(bytes, start, end) ? MATCH : NOT_MINE;
  if (version !== QUIC_V1 || fits !== FITS) return MATCH;
  if (HEADER.dcidLength + HEADER.scidLength < MIN_ID_BYTES) return NOT_MINE;
  return isSoundRest(p, HEADER.packetEnd, version) ? MATCH : NOT_MINE;
}

/**
 * A new id, a token, and sixteen bytes of tag that look like chance. It is addressed to the id of the client, which has to be seen:
 * the Initial that follows is sure by itself.
 */
function isRetry(p: Probe): boolean {
  const { bytes, end } = p;
  if (HEADER.scidLength === 0) return false;
  if (!isAnswerTo(p, false)) return false;
  let zeros = 0;
  for (let at = end - RETRY_TAG_BYTES; at < end; at++) if (bytes[at] === 0) zeros += 1;
  return zeros <= MAX_ZEROS_OF_TAG;
}

/** What follows the first packet: nothing, another packet of the version, one with a short header, or zeros. */
function isSoundRest(p: Probe, at: number, version: number): boolean {
  const { bytes, start, end } = p;
  if (at === end) return true;
  const first = bytes[at]!;
  if (first >= 0xc0) return at + 5 <= end && u32(bytes, at + 1) === version;
  if (first >= 0x40)
    return first < 0x80 && end - at >= MIN_SHORT_PACKET && (end - start >= MIN_INITIAL_DATAGRAM || isAsked(p, version));
  return isZero(bytes, at, end);
}

/** Has the other side said something of the same version? */
const isAsked = (p: Probe, version: number): boolean =>
  p.otherLength >= 5 && p.otherBytes[0]! >= 0x80 && u32(p.otherBytes, 1) === version;

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}

/** As long, and with an id as long, as the first datagram of a client must be. */
const isFirstDatagram = (start: number, end: number): boolean =>
  end - start >= MIN_INITIAL_DATAGRAM && HEADER.dcidLength >= MIN_FIRST_ID_BYTES;

/** A version nobody has: only a client's first datagram is sure enough. */
function isForced(bytes: Uint8Array, start: number, end: number): boolean {
  if (!isFirstDatagram(start, end) || ((bytes[start]! >> 4) & 3) !== 0) return false;
  return isZero(bytes, HEADER.packetEnd, end);
}

/** The versions a server knows. It turns the client's ids round; where the client was seen they must agree. */
function isNegotiation(p: Probe): boolean {
  if (HEADER.scidLength < MIN_FIRST_ID_BYTES) return false;
  let known = 0;
  let unknown = 0;
  for (let at = HEADER.payloadAt; at < p.end; at += 4) {
    const version = u32(p.bytes, at);
    if (quicShape(version) !== QUIC_UNKNOWN || isGoogleVersion(version)) known += 1;
    else if (!isForcedNegotiation(version)) unknown += 1;
  }
  if (p.otherLength === 0) return known > 0 && unknown === 0;
  return known >= unknown && isAnswerTo(p, true);
}

/** Is it addressed to the id the other side has given itself? `isTurned`: and does it come from the id the other side has addressed? */
function isAnswerTo(p: Probe, isTurned: boolean): boolean {
  const { bytes, otherBytes, otherLength } = p;
  if (otherLength < 7 || otherBytes[0]! < 0x80) return false;
  OTHER.dcidLength = otherBytes[5]!;
  if (OTHER.dcidLength > MAX_CONNECTION_ID_BYTES || (!isTurned && u32(otherBytes, 1) !== HEADER.version)) return false;
  if (isTurned) {
    if (OTHER.dcidLength !== HEADER.scidLength) return false;
    for (let i = 0; i < OTHER.dcidLength && 6 + i < otherLength; i++)
      if (otherBytes[6 + i] !== bytes[HEADER.scidAt + i]) return false;
  }
  const lengthAt = 6 + OTHER.dcidLength;
  if (lengthAt < otherLength && otherBytes[lengthAt] !== HEADER.dcidLength) return false;
  for (let i = 0; i < HEADER.dcidLength && lengthAt + 1 + i < otherLength; i++)
    if (otherBytes[lengthAt + 1 + i] !== bytes[HEADER.dcidAt + i]) return false;
  return true;
}

/** Google's versions with long headers name eight bytes of connection id, of one side or of both; old drafts are weaker. */
function isOther(bytes: Uint8Array, start: number, end: number): boolean {
  const lengths = bytes[start + 5]!;
  if (quicShape(HEADER.version) !== QUIC_OLD_DRAFT)
    return lengths === 0x50 || lengths === 0x05 || lengths === 0x55 || lengths === MIN_FIRST_ID_BYTES || lengths === 0;
  if (lengths < 0x50 || end - start < MIN_OLD_DRAFT_BYTES) return false;
  // Up to draft 16 the types count down from 0x7f; later they are two bits.
  return bytes[start]! >= ((HEADER.version & 0xff) <= LAST_DRAFT_WITH_SEVEN_BITS ? 0xfc : 0xc0);
}

function probeGoogle(bytes: Uint8Array, start: number, end: number): Verdict {
  if (readGquicHeader(bytes, start, end, GOOGLE) === FITS) return MATCH;
  return isGquicReject(bytes, start, end) || isGquicReset(bytes, start, end) ? MATCH : NOT_MINE;
}
