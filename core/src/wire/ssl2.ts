// Hellos in the form of SSL 2, which clients sent well into TLS 1.0 (RFC 5246 appendix E.2; Hickman, "SSL 0.2 Protocol", 1995).
// Owns: their checked doors. Bound: a record with the two-byte header has at most 32,767 bytes.
/** @hot */
import { u16 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';

export const SSL2_CLIENT_HELLO = 1;
export const SSL2_SERVER_HELLO = 4;
const CLIENT_HELLO_HEADER = 11;
const SERVER_HELLO_HEADER = 13;

/** Length of the record with its header of two bytes. */
export const ssl2RecordBytes = (bytes: Uint8Array, at: number): number => 2 + (u16(bytes, at) & 0x7fff);
/** The highest version the client speaks. */
export const ssl2ClientVersion = (bytes: Uint8Array, at: number): number => u16(bytes, at + 3);
/** Where the certificate (X.509) of a server hello is: [start, end). */
export const ssl2CertificateStart = (at: number): number => at + SERVER_HELLO_HEADER;
export const ssl2CertificateEnd = (bytes: Uint8Array, at: number): number =>
  at + SERVER_HELLO_HEADER + u16(bytes, at + 7);

/** Record header 2, type 1, version 2, cipher, session and challenge lengths, all of which must add up. */
export function checkSsl2ClientHello(bytes: Uint8Array, at: number, end: number): Check {
  const length = end - at;
  if (end > bytes.length || length < 1 || bytes[at]! < 0x80) return BAD;
  if (length > 2 && bytes[at + 2] !== SSL2_CLIENT_HELLO) return BAD;
  if (length > 3 && bytes[at + 3] !== 3 && bytes[at + 3] !== 0) return BAD;
  if (length > 4 && (bytes[at + 3] === 0 ? bytes[at + 4] !== 2 : bytes[at + 4]! > 4)) return BAD;
  if (length < CLIENT_HELLO_HEADER) return SHORT;
  const ciphers = u16(bytes, at + 5);
  const session = u16(bytes, at + 7);
  const challenge = u16(bytes, at + 9);
  if (ciphers === 0 || ciphers % 3 !== 0 || (session !== 0 && session !== 16)) return BAD;
  if (challenge < 16 || challenge > 32) return BAD;
  if (ssl2RecordBytes(bytes, at) !== CLIENT_HELLO_HEADER + ciphers + session + challenge) return BAD;
  return FITS;
}

/** Record header 2, type 4, session found 1, certificate type 1, version 2, certificate, cipher and connection id lengths. */
export function checkSsl2ServerHello(bytes: Uint8Array, at: number, end: number): Check {
  const length = end - at;
  if (end > bytes.length || length < 1 || bytes[at]! < 0x80) return BAD;
  if (length > 2 && bytes[at + 2] !== SSL2_SERVER_HELLO) return BAD;
  if (length > 4 && (bytes[at + 3]! > 1 || bytes[at + 4]! > 1)) return BAD;
  if (length > 6 && u16(bytes, at + 5) !== 2) return BAD;
  if (length < SERVER_HELLO_HEADER) return SHORT;
  const certificate = u16(bytes, at + 7);
  const ciphers = u16(bytes, at + 9);
  const connection = u16(bytes, at + 11);
  if (ciphers % 3 !== 0 || connection < 16 || connection > 32) return BAD;
  if (ssl2RecordBytes(bytes, at) !== SERVER_HELLO_HEADER + certificate + ciphers + connection) return BAD;
  return FITS;
}
