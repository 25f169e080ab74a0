// Is this datagram DTLS? Owns: what its records must look like. Bound: walks at most 8 records.
import { MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { FITS, SHORT } from '@kaipo/core/wire/check.js';
import {
  checkDtlsRecord,
  DTLS_RECORD_HEADER_BYTES,
  dtlsRecordEpoch,
  dtlsRecordLength,
  dtlsRecordVersion,
  isDtlsUnifiedHeader,
  RECORD_WITH_CONNECTION_ID,
} from '@kaipo/core/wire/dtls-records.js';
import { DTLS12 } from '@kaipo/core/wire/tls-values.js';

const MAX_RECORDS = 8;
/** Ids in use are 0 to 20 bytes long (RFC 9146 allows 255). */
const MAX_CONNECTION_ID_BYTES = 20;

/** Records to the end of the datagram: type, version, epoch and number with leading zeros, lengths that fit exactly: over 60 bits. */
export function probeDtls(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < DTLS_RECORD_HEADER_BYTES) return NOT_MINE;
  if (bytes[start] === RECORD_WITH_CONNECTION_ID) return isWithConnectionId(bytes, start, end) ? MATCH : NOT_MINE;
  let at = start;
  for (let i = 0; i < MAX_RECORDS; i++) {
    const check = checkDtlsRecord(bytes, at, end);
    if (check === SHORT && p.isCut) return MATCH;
    // From 1.3 on the first flight of the server goes on with records that have another header.
    if (check !== FITS) return i > 0 && isDtlsUnifiedHeader(bytes[at]!) ? MATCH : NOT_MINE;
    if (u16(bytes, at + 5) !== 0) return NOT_MINE;
    at += DTLS_RECORD_HEADER_BYTES + dtlsRecordLength(bytes, at);
    if (at === end) return MATCH;
  }
  return MATCH;
}

/** The length of the id is not said: the one with which the record fills the datagram. */
function isWithConnectionId(bytes: Uint8Array, start: number, end: number): boolean {
  if (dtlsRecordVersion(bytes, start) !== DTLS12 || u16(bytes, start + 5) !== 0) return false;
  const epoch = dtlsRecordEpoch(bytes, start);
  if (epoch === 0 || epoch > 15) return false;
  for (let length = 1; length <= MAX_CONNECTION_ID_BYTES; length++) {
    const contentAt = start + DTLS_RECORD_HEADER_BYTES + length;
    if (contentAt + 8 > end) return false;
    if (u16(bytes, contentAt - 2) === end - contentAt) return true;
  }
  return false;
}
