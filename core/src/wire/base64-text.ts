// Base64 as mail and chat protocols send user names in it (RFC 4616, RFC 4954). Owns: decoding, and taking the user out of PLAIN.
// The password that stands beside the user is never made a string. Bound: 512 characters.
import { latin1Text } from './match.js';

const MAX_BASE64_CHARACTERS = 512;

/** The bytes of the base64 in [start, end); nothing when it is too long. What is no base64 ends it. */
export const base64Bytes = (bytes: Uint8Array, start: number, end: number): Uint8Array =>
  end - start > MAX_BASE64_CHARACTERS
    ? new Uint8Array(0)
    : Buffer.from(latin1Text(bytes, start, end, MAX_BASE64_CHARACTERS), 'base64');

/** The same as text, a character a byte. */
export function base64Text(bytes: Uint8Array, start: number, end: number): string {
  const decoded = base64Bytes(bytes, start, end);
  return latin1Text(decoded, 0, decoded.length);
}

/** SASL PLAIN: "for whom NUL user NUL password": the user, or '' when it is none. */
export function plainUser(message: Uint8Array): string {
  const first = message.indexOf(0);
  const second = first < 0 ? -1 : message.indexOf(0, first + 1);
  return second < 0 ? '' : latin1Text(message, first + 1, second);
}
