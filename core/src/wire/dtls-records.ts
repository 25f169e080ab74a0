// Records of DTLS in a datagram, and the header of handshake messages, which may come in fragments. Must not know: what messages mean.
// RFC 6347 section 4.1 and 4.2.2, RFC 9146 (connection ids), RFC 9147 section 4. Bound: constant work.
/** @hot */
import { u16, u24 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';
import { RECORD_ALERT, RECORD_CHANGE_CIPHER_SPEC, RECORD_HANDSHAKE } from './tls-records.js';
import { DTLS_OLD, DTLS10, DTLS12 } from './tls-values.js';

export const DTLS_RECORD_HEADER_BYTES = 13;
/** Type 1, length 3, message number 2, offset of this fragment 3, its length 3. */
export const DTLS_HANDSHAKE_HEADER_BYTES = 12;
/** A record with a connection id between its number and its length. */
export const RECORD_WITH_CONNECTION_ID = 25;
const LAST_TYPE = 26;
const MAX_CONTENT_BYTES = 16_384 + 2048;
/** Epochs count up from 0 with every handshake: few flows see more than one. */
const MAX_EPOCH = 15;

export const dtlsRecordType = (bytes: Uint8Array, at: number): number => bytes[at]!;
export const dtlsRecordVersion = (bytes: Uint8Array, at: number): number => u16(bytes, at + 1);
/** 0: not protected. */
export const dtlsRecordEpoch = (bytes: Uint8Array, at: number): number => u16(bytes, at + 3);
export const dtlsRecordLength = (bytes: Uint8Array, at: number): number => u16(bytes, at + 11);

export const dtlsMessageType = (bytes: Uint8Array, at: number): number => bytes[at]!;
export const dtlsMessageLength = (bytes: Uint8Array, at: number): number => u24(bytes, at + 1);
export const dtlsMessageNumber = (bytes: Uint8Array, at: number): number => u16(bytes, at + 4);
export const dtlsFragmentOffset = (bytes: Uint8Array, at: number): number => u24(bytes, at + 6);
export const dtlsFragmentLength = (bytes: Uint8Array, at: number): number => u24(bytes, at + 9);

/** Is there a record at `at` that ends in the datagram? SHORT: it ends after `end`. Records with a connection id are none here. */
export function checkDtlsRecord(bytes: Uint8Array, at: number, end: number): Check {
  if (end > bytes.length || end - at < DTLS_RECORD_HEADER_BYTES) return BAD;
  const type = dtlsRecordType(bytes, at);
  if (type < RECORD_CHANGE_CIPHER_SPEC || type > LAST_TYPE || type === RECORD_WITH_CONNECTION_ID) return BAD;
  const version = dtlsRecordVersion(bytes, at);
  if (version !== DTLS12 && version !== DTLS10 && version !== DTLS_OLD) return BAD;
  const epoch = dtlsRecordEpoch(bytes, at);
  if (epoch > MAX_EPOCH) return BAD;
  const length = dtlsRecordLength(bytes, at);
  if (length === 0 || length > MAX_CONTENT_BYTES) return BAD;
  if (epoch === 0) {
    // Not protected: what it holds can be checked too. The old DTLS gives a change of cipher a number of two bytes.
    if (type === RECORD_CHANGE_CIPHER_SPEC ? length !== 1 && length !== 3 : type > RECORD_HANDSHAKE) return BAD;
    if (type === RECORD_ALERT && length !== 2) return BAD;
    if (type === RECORD_HANDSHAKE) {
      const at2 = at + DTLS_RECORD_HEADER_BYTES;
      if (length < DTLS_HANDSHAKE_HEADER_BYTES) return BAD;
      if (at2 + DTLS_HANDSHAKE_HEADER_BYTES > end) return SHORT;
      if (!isDtlsFragment(bytes, at2, at2 + length)) return BAD;
    }
  } else if (length < 8) return BAD;
  return at + DTLS_RECORD_HEADER_BYTES + length > end ? SHORT : FITS;
}

/** DTLS 1.3 protects records behind a header whose first byte is 001xxxxx (RFC 9147 section 4). */
export const isDtlsUnifiedHeader = (first: number): boolean => first >> 5 === 1;

/** Does the handshake message at `at` lie within the record, and its fragment within the message? */
export function isDtlsFragment(bytes: Uint8Array, at: number, recordEnd: number): boolean {
  const type = dtlsMessageType(bytes, at);
  if (type > 26 && type !== 67) return false;
  const length = dtlsFragmentLength(bytes, at);
  if (dtlsFragmentOffset(bytes, at) + length > dtlsMessageLength(bytes, at)) return false;
  return at + DTLS_HANDSHAKE_HEADER_BYTES + length <= recordEnd;
}
