// Records of SSL 3 and TLS on a byte stream: header of five bytes, and what their first bytes must be. Must not know: what the
// messages mean. RFC 8446 section 5.1, RFC 5246 section 6.2. Bound: a record has at most 18,432 bytes after its header.
/** @hot */
import { u16 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';

export const TLS_RECORD_HEADER_BYTES = 5;
/** 2^14 and the most that protection may add before 1.3. */
export const MAX_TLS_RECORD_BYTES = 16_384 + 2048;

export const RECORD_CHANGE_CIPHER_SPEC = 20;
export const RECORD_ALERT = 21;
export const RECORD_HANDSHAKE = 22;
export const RECORD_APPLICATION_DATA = 23;
export const RECORD_HEARTBEAT = 24;

export const HANDSHAKE_HEADER_BYTES = 4;
export const HANDSHAKE_HELLO_REQUEST = 0;
export const HANDSHAKE_CERTIFICATE = 11;
export const HANDSHAKE_SERVER_KEY_EXCHANGE = 12;
export const HANDSHAKE_SUPPLEMENTAL_DATA = 23;

/** Is what is there of a record header at `at` one? SHORT: so far it agrees. */
export function checkTlsRecord(bytes: Uint8Array, at: number, end: number): Check {
  if (end > bytes.length || at > end) return BAD;
  const length = end - at;
  if (length > 0 && (bytes[at]! < RECORD_CHANGE_CIPHER_SPEC || bytes[at]! > RECORD_HEARTBEAT)) return BAD;
  if (length > 1 && bytes[at + 1] !== 3) return BAD;
  if (length > 2 && bytes[at + 2]! > 4) return BAD;
  if (length > 3 && bytes[at + 3]! > MAX_TLS_RECORD_BYTES >> 8) return BAD;
  if (length < TLS_RECORD_HEADER_BYTES) return SHORT;
  const content = u16(bytes, at + 3);
  if (content > MAX_TLS_RECORD_BYTES) return BAD;
  // Only application data may be empty (RFC 5246 section 6.2.1).
  return content === 0 && bytes[at] !== RECORD_APPLICATION_DATA ? BAD : FITS;
}

export const tlsRecordType = (bytes: Uint8Array, at: number): number => bytes[at]!;
export const tlsRecordLength = (bytes: Uint8Array, at: number): number => u16(bytes, at + 3);
