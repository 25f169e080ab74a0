// Google's QUIC before TLS: the public header of versions up to Q043, and the messages of tags and values (CHLO, REJ) that made its
// handshake. Must not know: encryption, flows. Sources: "QUIC Wire Layout Specification" and "QUIC Crypto" (Google, 2013–2016).
// Bound: a message is looked for in MESSAGE_WINDOW bytes, its tags are walked up to MAX_TAGS.
/** @hot */
import { u32 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';
import { isGoogleVersion } from './quic-versions.js';

const FLAG_VERSION = 0x01;
const FLAG_RESET = 0x02;
const FLAG_CONNECTION_ID = 0x08;
/** Two bits: the packet number has 1, 2, 4 or 6 bytes. */
const NUMBER_SHIFT = 4;
const FLAGS_ZERO = 0xc0;
const CONNECTION_ID_BYTES = 8;
/** A packet in the clear begins with twelve bytes of hash, then at most a private header, acknowledgements and the head of a stream frame. */
const MESSAGE_WINDOW = 96;
/** Tag 4, number of entries 2, zero 2; then tag 4 and end of value 4 for each entry; little-endian. */
const MESSAGE_HEAD_BYTES = 8;
const ENTRY_BYTES = 8;
const MAX_TAGS = 64;

export const GQUIC_CHLO = 0x43484c4f;
export const GQUIC_REJ = 0x52454a00;
export const GQUIC_PRST = 0x50525354;
export const GQUIC_SNI = 0x534e4900;
export const GQUIC_USER_AGENT = 0x55414944;

/** A public header with a version. One instance serves all packets. */
export class GquicHeader {
  version = 0;
  /** After the packet number: hash, or what is encrypted. */
  payloadAt = 0;
}

/** The public header of a packet that names its version, as every packet of a client does until the server has answered. */
export function readGquicHeader(bytes: Uint8Array, start: number, end: number, header: GquicHeader): Check {
  if (end > bytes.length || end <= start) return BAD;
  const flags = bytes[start]!;
  if ((flags & (FLAGS_ZERO | FLAG_RESET)) !== 0 || (flags & FLAG_VERSION) === 0 || (flags & FLAG_CONNECTION_ID) === 0)
    return BAD;
  const versionAt = start + 1 + CONNECTION_ID_BYTES;
  if (versionAt + 4 > end) return SHORT;
  header.version = u32(bytes, versionAt);
  if (!isGoogleVersion(header.version)) return BAD;
  header.payloadAt = versionAt + 4 + numberBytes(flags);
  return header.payloadAt < end ? FITS : SHORT;
}

/** Is this the server's answer in the clear to a first CHLO: a public header without version, and a REJ? */
export function isGquicReject(bytes: Uint8Array, start: number, end: number): boolean {
  if (end > bytes.length || end <= start) return false;
  const flags = bytes[start]!;
  if ((flags & (FLAGS_ZERO | FLAG_RESET | FLAG_VERSION)) !== 0) return false;
  return findGquicMessage(bytes, start + 1 + numberBytes(flags), end, GQUIC_REJ) >= 0;
}

/** A public reset: flags, connection id, and the message PRST. */
export function isGquicReset(bytes: Uint8Array, start: number, end: number): boolean {
  if (end > bytes.length || end - start < 1 + CONNECTION_ID_BYTES + MESSAGE_HEAD_BYTES) return false;
  const flags = bytes[start]!;
  if ((flags & (FLAGS_ZERO | FLAG_RESET | FLAG_CONNECTION_ID)) !== (FLAG_RESET | FLAG_CONNECTION_ID)) return false;
  return isMessage(bytes, start + 1 + CONNECTION_ID_BYTES, end, GQUIC_PRST);
}

function numberBytes(flags: number): number {
  const length = (flags >> NUMBER_SHIFT) & 3;
  return length === 0 ? 1 : length * 2;
}

/** Where the message `tag` begins in the first bytes of [start, end), else -1. */
export function findGquicMessage(bytes: Uint8Array, start: number, end: number, tag: number): number {
  const first = tag >>> 24;
  const stop = Math.min(end - MESSAGE_HEAD_BYTES, start + MESSAGE_WINDOW);
  for (let at = start; at <= stop; at++)
    if (bytes[at] === first && u32(bytes, at) === tag && isMessage(bytes, at, end, tag)) return at;
  return -1;
}

/** A tag, a sensible number of entries, two zeros, and values that follow each other. */
function isMessage(bytes: Uint8Array, at: number, end: number, tag: number): boolean {
  if (at + MESSAGE_HEAD_BYTES > end || u32(bytes, at) !== tag) return false;
  const tags = bytes[at + 4]!;
  if (tags === 0 || tags > MAX_TAGS || bytes[at + 5] !== 0 || bytes[at + 6] !== 0 || bytes[at + 7] !== 0) return false;
  let before = 0;
  for (let i = 0; i < tags; i++) {
    const entry = at + MESSAGE_HEAD_BYTES + i * ENTRY_BYTES;
    if (entry + ENTRY_BYTES > end) return i > 0;
    const valueEnd = valueEndOf(bytes, entry);
    if (valueEnd < before) return false;
    before = valueEnd;
  }
  return true;
}

const valueEndOf = (bytes: Uint8Array, entry: number): number =>
  (bytes[entry + 4]! | (bytes[entry + 5]! << 8) | (bytes[entry + 6]! << 16) | (bytes[entry + 7]! << 24)) >>> 0;

/** Where the value of an entry lies. */
export class GquicValue {
  at = 0;
  end = 0;
}

/** The value of `tag` in the message at `at`. @returns false when it is not there or not whole. */
export function readGquicValue(bytes: Uint8Array, at: number, end: number, tag: number, value: GquicValue): boolean {
  const tags = bytes[at + 4]!;
  const values = at + MESSAGE_HEAD_BYTES + tags * ENTRY_BYTES;
  let before = 0;
  for (let i = 0; i < tags; i++) {
    const entry = at + MESSAGE_HEAD_BYTES + i * ENTRY_BYTES;
    if (entry + ENTRY_BYTES > end) return false;
    const valueEnd = valueEndOf(bytes, entry);
    if (u32(bytes, entry) === tag) {
      value.at = values + before;
      value.end = values + valueEnd;
      return value.end <= end && value.end > value.at;
    }
    before = valueEnd;
  }
  return false;
}
