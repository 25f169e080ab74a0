// Long headers of QUIC: what every packet says in the clear. Owns: the checked door `readQuicHeader`, and variable-length integers.
// Must not know: keys, frames, flows. RFC 8999, RFC 9000 section 17.2, RFC 9369 section 3.2; Google's Q044 to Q050. Bound: constant work.
/** @hot */
import { u32 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';
import {
  isForcedNegotiation,
  QUIC_GOOGLE_49,
  QUIC_GOOGLE_LONG,
  QUIC_IETF,
  QUIC_IETF_2,
  QUIC_NEGOTIATION,
  QUIC_OLD_DRAFT,
  QUIC_UNKNOWN,
  quicShape,
} from './quic-versions.js';

export const QUIC_INITIAL = 0;
export const QUIC_ZERO_RTT = 1;
export const QUIC_HANDSHAKE = 2;
export const QUIC_RETRY = 3;
/** Version Negotiation: the list of versions lies in [payloadAt, packetEnd). */
export const QUIC_VERSIONS = 4;
/** Types of Google's versions and of old drafts are not told apart here. */
export const QUIC_OTHER = 5;

/** RFC 9000 section 17.2: versions 1 and 2 allow no longer ones. */
export const MAX_CONNECTION_ID_BYTES = 20;
/** Packet number of at least one byte, and what header protection samples after four: no protected packet is shorter. */
const MIN_PROTECTED_BYTES = 20;
const RETRY_TAG_BYTES = 16;

/** One long header. One instance serves all packets. */
export class QuicHeader {
  version = 0;
  type = QUIC_OTHER;
  dcidAt = 0;
  dcidLength = 0;
  scidAt = 0;
  scidLength = 0;
  tokenLength = 0;
  /** Protected packet number and payload; of a Retry the token; of a Version Negotiation the versions. */
  payloadAt = 0;
  /** Where the next packet of the datagram begins; after `end` when this one was cut. */
  packetEnd = 0;
}

export const quicVarintBytes = (bytes: Uint8Array, at: number): number => 1 << (bytes[at]! >> 6);

/** RFC 9000 section 16. The caller has checked `quicVarintBytes`. Exact up to 2^53, which nothing honest reaches. */
export function quicVarint(bytes: Uint8Array, at: number): number {
  const first = bytes[at]! & 0x3f;
  switch (bytes[at]! >> 6) {
    case 0:
      return first;
    case 1:
      return first * 256 + bytes[at + 1]!;
    case 2:
      return ((first << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
    default:
      return (
        (((first << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0) * 2 ** 32 +
        u32(bytes, at + 4)
      );
  }
}

/** RFC 9000 section 17.2: 1, but where the other side said that it need not be (RFC 9287). */
export const quicFixedBit = (bytes: Uint8Array, start: number): boolean => (bytes[start]! & 0x40) !== 0;

/**
 * The long header at `start` of a datagram that ends at `end`. Never throws.
 * @returns FITS; SHORT when the packet goes on after `end` (everything but its end is read); BAD when it is none, or its version unknown.
 */
export function readQuicHeader(bytes: Uint8Array, start: number, end: number, header: QuicHeader): Check {
  if (end > bytes.length || end - start < 7) return BAD;
  if (bytes[start]! < 0x80) return BAD;
  const version = u32(bytes, start + 1);
  header.version = version;
  header.tokenLength = 0;
  header.packetEnd = end;
  // What a client sends to force a negotiation looks like version 1, as far as anybody has seen.
  const shape = isForcedNegotiation(version) ? QUIC_IETF : quicShape(version);
  if (shape === QUIC_GOOGLE_LONG || shape === QUIC_OLD_DRAFT) return readNibbles(bytes, start, end, header);
  const fits = readConnectionIds(bytes, start + 5, end, header);
  if (fits !== FITS) return fits;
  if (version === QUIC_NEGOTIATION) return readVersions(end, header);
  if (shape === QUIC_UNKNOWN) return BAD;
  if (shape === QUIC_GOOGLE_49) {
    header.type = QUIC_OTHER;
    return header.payloadAt < end ? FITS : SHORT;
  }
  const bits = (bytes[start]! >> 4) & 3;
  header.type = shape === QUIC_IETF_2 ? (bits + 3) & 3 : bits;
  if (header.type === QUIC_RETRY) return end - header.payloadAt > RETRY_TAG_BYTES ? FITS : BAD;
  return readLengths(bytes, end, header);
}

/** RFC 8999 section 5.1: a length and an id, twice. */
function readConnectionIds(bytes: Uint8Array, start: number, end: number, header: QuicHeader): Check {
  const dcidLength = bytes[start]!;
  if (dcidLength > MAX_CONNECTION_ID_BYTES) return BAD;
  const scidAt = start + 1 + dcidLength;
  if (scidAt >= end) return SHORT;
  const scidLength = bytes[scidAt]!;
  if (scidLength > MAX_CONNECTION_ID_BYTES) return BAD;
  header.dcidAt = start + 1;
  header.dcidLength = dcidLength;
  header.scidAt = scidAt + 1;
  header.scidLength = scidLength;
  header.payloadAt = scidAt + 1 + scidLength;
  return header.payloadAt <= end ? FITS : SHORT;
}

/** RFC 9000 section 17.2.1: whole versions up to the end, at least one. */
function readVersions(end: number, header: QuicHeader): Check {
  header.type = QUIC_VERSIONS;
  const length = end - header.payloadAt;
  return length >= 4 && length % 4 === 0 ? FITS : BAD;
}

/** Token of an Initial, then the length of what is left of the packet. */
function readLengths(bytes: Uint8Array, end: number, header: QuicHeader): Check {
  let at = header.payloadAt;
  if (header.type === QUIC_INITIAL) {
    if (at >= end || at + quicVarintBytes(bytes, at) > end) return SHORT;
    header.tokenLength = quicVarint(bytes, at);
    at += quicVarintBytes(bytes, at) + header.tokenLength;
  }
  if (at >= end || at + quicVarintBytes(bytes, at) > end) return SHORT;
  const length = quicVarint(bytes, at);
  if (length < MIN_PROTECTED_BYTES) return BAD;
  header.payloadAt = at + quicVarintBytes(bytes, at);
  header.packetEnd = header.payloadAt + length;
  return header.packetEnd <= end ? FITS : SHORT;
}

/** Lengths of both ids in one byte, 0 or 3 more than the number; then, in Google's versions, the packet number in the clear. */
function readNibbles(bytes: Uint8Array, start: number, end: number, header: QuicHeader): Check {
  const lengths = bytes[start + 5]!;
  header.dcidLength = lengths >> 4 === 0 ? 0 : (lengths >> 4) + 3;
  header.scidLength = (lengths & 0xf) === 0 ? 0 : (lengths & 0xf) + 3;
  header.dcidAt = start + 6;
  header.scidAt = header.dcidAt + header.dcidLength;
  header.payloadAt = header.scidAt + header.scidLength;
  header.type = QUIC_OTHER;
  return header.payloadAt < end ? FITS : SHORT;
}
