// Who uses the ISO transport: told by the first bytes of its user data. Pure, allocates nothing.
import { u16 } from '@kaipo/core/wire/bytes.js';
import { indexOfBytes } from '@kaipo/core/wire/match.js';

const S7 = 0x32;
const S7_PLUS = 0x72;
/** ISO 9506 (MMS), as an object identifier in BER: 1.0.9506. */
const MMS_OID = Uint8Array.of(0x28, 0xca, 0x22);

/** Can user data of a known kind begin so? */
export const mayBeUser = (first: number): boolean =>
  first === S7 || first === S7_PLUS || first === 0x0d || first === 0x0e || first === 0x01;

/** s7comm, s7comm-plus, mms; '' when it is none of them. */
export function isoUser(bytes: Uint8Array, at: number, end: number): string {
  if (at + 4 > end) return '';
  switch (bytes[at]) {
    case S7:
      // Job, acknowledgement with or without data, user data; then a reserved zero.
      return (bytes[at + 1] === 1 || bytes[at + 1] === 2 || bytes[at + 1] === 3 || bytes[at + 1] === 7) &&
        u16(bytes, at + 2) === 0
        ? 's7comm'
        : '';
    case S7_PLUS:
      // Version 1 to 3, or 0xfe and 0xff of keep-alives; then a length that fits.
      return (bytes[at + 1]! <= 3 || bytes[at + 1]! >= 0xfe) &&
        (bytes[at + 1]! >= 0xfe || u16(bytes, at + 2) <= end - at)
        ? 's7comm-plus'
        : '';
    case 0x0d: // session CONNECT, ACCEPT: with MMS in the presentation contexts
    case 0x0e:
      return indexOfBytes(bytes, at, end, MMS_OID) > 0 ? 'mms' : '';
    case 0x01: {
      // GIVE TOKENS and DATA TRANSFER, presentation user data, its context 1 or 3, and an MMS message (0xa0 to 0xae).
      const isData =
        bytes[at + 1] === 0 && bytes[at + 2] === 1 && bytes[at + 3] === 0 && at + 10 <= end && bytes[at + 4] === 0x61;
      return isData && isPresentation(bytes, at + 5, end) ? 'mms' : '';
    }
    default:
      return '';
  }
}

/** Length, 0x30, length, 02 01 context, then a0 (single ASN.1 value). */
function isPresentation(bytes: Uint8Array, at: number, end: number): boolean {
  const list = at + lengthBytes(bytes[at]!);
  if (list + 2 > end || bytes[list] !== 0x30) return false;
  const context = list + 1 + lengthBytes(bytes[list + 1]!);
  return context + 4 <= end && bytes[context] === 2 && bytes[context + 1] === 1 && bytes[context + 3] === 0xa0;
}

const lengthBytes = (first: number): number => (first < 0x80 ? 1 : 1 + (first & 3));
