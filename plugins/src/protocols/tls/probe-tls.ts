// Is this TLS? Owns: what the first bytes of a side, or of a segment from the middle of a connection, must look like. Must not
// know: what messages say. Bound: walks at most 8 messages of one record.
import { MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u24 } from '@kaipo/core/wire/bytes.js';
import { BAD, FITS } from '@kaipo/core/wire/check.js';
import { checkSsl2ClientHello, checkSsl2ServerHello, ssl2RecordBytes } from '@kaipo/core/wire/ssl2.js';
import { HANDSHAKE_CLIENT_HELLO } from '@kaipo/core/wire/tls-client-hello.js';
import {
  checkTlsRecord,
  HANDSHAKE_HEADER_BYTES,
  RECORD_ALERT,
  RECORD_APPLICATION_DATA,
  RECORD_CHANGE_CIPHER_SPEC,
  RECORD_HANDSHAKE,
  TLS_RECORD_HEADER_BYTES,
  tlsRecordLength,
  tlsRecordType,
} from '@kaipo/core/wire/tls-records.js';
import { HANDSHAKE_SERVER_HELLO } from '@kaipo/core/wire/tls-server-hello.js';

const ENCRYPTED_AT = 13;
const MAX_MESSAGES = 8;
/** The smallest hello: version 2, random 32, session id 1, and something chosen or offered. */
const MIN_HELLO_BYTES = 38;
const MAX_HELLO_BYTES = 131_072;
/** The last one that was given a meaning (RFC 8446 section 6, RFC 7301). */
const MAX_ALERT = 121;

export function probeTls(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 1) return NOT_MINE;
  if (bytes[start]! >= 0x80) return probeSsl2(bytes, start, end);
  const header = checkTlsRecord(bytes, start, end);
  if (header === BAD) return NOT_MINE;
  if (header !== FITS) return UNSURE;
  switch (tlsRecordType(bytes, start)) {
    case RECORD_HANDSHAKE:
      return probeHandshake(bytes, start, end);
    case RECORD_ALERT:
      return probeAlert(bytes, start, end);
    case RECORD_CHANGE_CIPHER_SPEC:
      if (tlsRecordLength(bytes, start) !== 1) return NOT_MINE;
      if (end - start === TLS_RECORD_HEADER_BYTES) return UNSURE;
      return bytes[start + TLS_RECORD_HEADER_BYTES] === 1 ? MATCH : NOT_MINE;
    case RECORD_APPLICATION_DATA:
      return probeProtected(p);
    default:
      return NOT_MINE;
  }
}

/** A hello says its version twice and has a length with a leading zero; other messages must fill their record exactly. */
function probeHandshake(bytes: Uint8Array, start: number, end: number): Verdict {
  const recordBytes = tlsRecordLength(bytes, start);
  const at = start + TLS_RECORD_HEADER_BYTES;
  if (at >= end) return UNSURE;
  const type = bytes[at]!;
  const isHello = type === HANDSHAKE_CLIENT_HELLO || type === HANDSHAKE_SERVER_HELLO;
  if (recordBytes < HANDSHAKE_HEADER_BYTES + 2) return isHello ? probeNext(bytes, start, end) : NOT_MINE;
  if (at + HANDSHAKE_HEADER_BYTES > end) return isHello ? UNSURE : NOT_MINE;
  const messageBytes = u24(bytes, at + 1);
  if (!isHello) return isMessageChain(bytes, at, end, recordBytes) ? MATCH : NOT_MINE;
  if (messageBytes < MIN_HELLO_BYTES || messageBytes > MAX_HELLO_BYTES) return NOT_MINE;
  if (at + HANDSHAKE_HEADER_BYTES + 2 > end) return UNSURE;
  const major = bytes[at + 4]!;
  // Drafts of 1.3 have 0x7f (and 0x7e) in their ServerHello.
  if (major === 3 ? bytes[at + 5]! > 4 : major !== 0x7f && major !== 0x7e) return NOT_MINE;
  const sessionAt = at + HANDSHAKE_HEADER_BYTES + 34;
  if (major === 3 && sessionAt < end && recordBytes > 38 && bytes[sessionAt]! > 32) return NOT_MINE;
  if (type === HANDSHAKE_CLIENT_HELLO && recordBytes > messageBytes + HANDSHAKE_HEADER_BYTES) return NOT_MINE;
  return MATCH;
}

/** A first record that is tiny: the next one must begin where it ends. */
function probeNext(bytes: Uint8Array, start: number, end: number): Verdict {
  const at = start + TLS_RECORD_HEADER_BYTES + tlsRecordLength(bytes, start);
  if (at + TLS_RECORD_HEADER_BYTES > end) return UNSURE;
  const isSame = u16(bytes, at) === u16(bytes, start) && bytes[at + 2] === bytes[start + 2];
  return isSame && checkTlsRecord(bytes, at, end) === FITS ? MATCH : NOT_MINE;
}

/** From the middle: Certificate, ServerKeyExchange, ClientKeyExchange … one after the other, to the end of the record. */
function isMessageChain(bytes: Uint8Array, start: number, end: number, recordBytes: number): boolean {
  const recordEnd = start + recordBytes;
  let at = start;
  for (let i = 0; i < MAX_MESSAGES && at + HANDSHAKE_HEADER_BYTES <= Math.min(end, recordEnd); i++) {
    const type = bytes[at]!;
    if (type > 24 || bytes[at + 1] !== 0 || (i === 0 && type === 0)) return false;
    at += HANDSHAKE_HEADER_BYTES + u24(bytes, at + 1);
    if (at === recordEnd) return true;
  }
  return false;
}

function probeAlert(bytes: Uint8Array, start: number, end: number): Verdict {
  const length = tlsRecordLength(bytes, start);
  const at = start + TLS_RECORD_HEADER_BYTES;
  if (length === 2) {
    if (at + 2 > end) return at < end && bytes[at] !== 1 && bytes[at] !== 2 ? NOT_MINE : UNSURE;
    return (bytes[at] === 1 || bytes[at] === 2) && bytes[at + 1]! <= MAX_ALERT ? MATCH : NOT_MINE;
  }
  // A protected one, from the middle: two bytes and what protects them.
  return length >= 18 && length <= 64 && at + length === end ? MATCH : NOT_MINE;
}

/**
 * Application data from the middle: 24 bits of header, and then one of these: a record that ends exactly with the segment, a second
 * header where it ends, a header on the other side, or a second segment of this side that begins so.
 */
function probeProtected(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (tlsRecordLength(bytes, start) === 0) return NOT_MINE;
  const at = start + TLS_RECORD_HEADER_BYTES + tlsRecordLength(bytes, start);
  if (at === end) return MATCH;
  if (at < end) {
    if (checkTlsRecord(bytes, at, end) === BAD) return NOT_MINE;
    return at + 3 <= end ? MATCH : UNSURE;
  }
  if (
    p.otherLength >= TLS_RECORD_HEADER_BYTES &&
    checkTlsRecord(p.otherBytes, 0, p.otherLength) === FITS &&
    tlsRecordLength(p.otherBytes, 0) > 0 &&
    !isSameText(p)
  )
    return MATCH;
  return probeAgain(p);
}

/** What is encrypted is never the same on both sides; before it are the header and, up to TLS 1.2, a number of eight bytes. */
const isSameText = (p: Probe): boolean =>
  p.otherLength >= ENCRYPTED_AT + 3 &&
  p.end - p.start >= ENCRYPTED_AT + 3 &&
  u24(p.bytes, p.start + ENCRYPTED_AT) === u24(p.otherBytes, ENCRYPTED_AT);

/** Counts segments of which each begins with a header; the same bytes shown again count once. */
function probeAgain(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < TLS_RECORD_HEADER_BYTES + 16) return UNSURE;
  const seen = u24(bytes, start + ENCRYPTED_AT) + 1;
  if (p.memoA !== 0 && p.memoB !== seen) return MATCH;
  p.memoA = 1;
  p.memoB = seen;
  return UNSURE;
}

/** The lengths in it must add up to the length of the record. */
function probeSsl2(bytes: Uint8Array, start: number, end: number): Verdict {
  const client = checkSsl2ClientHello(bytes, start, end);
  const server = client === BAD ? checkSsl2ServerHello(bytes, start, end) : BAD;
  if (client === BAD && server === BAD) return NOT_MINE;
  if (client !== FITS && server !== FITS) return UNSURE;
  return ssl2RecordBytes(bytes, start) >= end - start || server === FITS ? MATCH : NOT_MINE;
}
