// FTP data connections: a listing of a directory, or one file and nothing else. There is no header to know them by.
// Owns: the shape of such a connection: one side speaks, from its first byte a listing or a well-known kind of file.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, isDigit } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

/** How files begin: at least 32 bits each. */
const FILE_BEGINNINGS = [
  ...[
    '%PDF-',
    'GIF87a',
    'GIF89a',
    'PK\x03\x04',
    'RIFF',
    'OggS',
    'Rar!\x1a\x07',
    'fLaC',
    '!<arch>\n',
    '#!/bin/',
    '<?php',
  ],
  ...[
    '\x89PNG\r\n',
    '\x1f\x8b\x08\x00\x00\x00\x00\x00',
    '\x1f\x8b\x08\x08',
    '7z\xbc\xaf\x27\x1c',
    '\xfd7zXZ\x00',
    'BZh91AY',
  ],
  ...['\xff\xd8\xff\xe0', '\xff\xd8\xff\xe1', '\xed\xab\xee\xdb', '\xd0\xcf\x11\xe0', '\x1a\x45\xdf\xa3', '\x7fELF'],
  ...['FLV\x01', 'MZ\x90\x00', '-----BEGIN PGP', '-----BEGIN CERT'],
].map(asciiBytes);
/** A pack of an MPEG programme stream: the start code, then a clock between bits that are always set. */
const PACK_START = asciiBytes('\x00\x00\x01\xba');
const PACK_BYTES = 14;
const BIT_LETTERS = asciiBytes('rwx');
/** Set-user-id, set-group-id, sticky: in the place of an x. */
const OTHER_BITS = asciiBytes('sStT');
const FILE_KINDS = asciiBytes('-dlcbps');

export const ftpDataPlugin = defineProtocol('FTP data connections: directory listings and files', {
  name: 'ftp-data',
  transports: ['tcp'],
  ports: [20],
  firstBytes: [...new Set([...FILE_BEGINNINGS.map((word) => word[0]!), ...FILE_KINDS, 0, 0x74, ...asciiBytes('01')])],
  probe,
});

function probe(p: Probe): Verdict {
  // The other side of a data connection never speaks, and it begins with its connection.
  if (p.otherLength > 0 || !p.fromStart) return NOT_MINE;
  if (p.clientPort !== 20 && (p.clientPort < 1_024 || p.serverPort < 1_024)) return NOT_MINE;
  const listing = listingVerdict(p.bytes, p.start, p.end);
  if (listing !== NOT_MINE) return listing;
  // A printer takes files like this too.
  if (p.serverPort === 9_100) return NOT_MINE;
  let best: Verdict = packVerdict(p.bytes, p.start, p.end);
  if (best === MATCH) return MATCH;
  for (const beginning of FILE_BEGINNINGS) {
    const agreement = agreesWith(p.bytes, p.start, p.end, beginning);
    if (agreement === MATCH) return MATCH;
    if (agreement > best) best = agreement;
  }
  return best;
}

/** ISO 13818-1 section 2.5.3.3 (01, and seven marker bits) or ISO 11172-1 section 2.4.3.2 (0010, and five). */
function packVerdict(bytes: Uint8Array, start: number, end: number): Verdict {
  const agreement = agreesWith(bytes, start, end, PACK_START);
  if (agreement !== MATCH) return agreement;
  if (end - start < PACK_BYTES) return UNSURE;
  const first = bytes[start + 4]!;
  if ((first & 0xc4) === 0x44)
    return (bytes[start + 6]! & bytes[start + 8]! & 4) !== 0 &&
      (bytes[start + 9]! & 1) === 1 &&
      (bytes[start + 12]! & 3) === 3
      ? MATCH
      : NOT_MINE;
  const isOld = (first & 0xf1) === 0x21 && (bytes[start + 6]! & bytes[start + 8]! & bytes[start + 11]! & 1) === 1;
  return isOld && bytes[start + 9]! >= 0x80 ? MATCH : NOT_MINE;
}

/** "-rw-r--r--   1 ", "total 12", or the "01-23-24  05:06PM" of Windows. */
function listingVerdict(bytes: Uint8Array, start: number, end: number): Verdict {
  if (FILE_KINDS.includes(bytes[start]!)) return modeVerdict(bytes, start, end);
  if (isDigit(bytes[start])) return dateVerdict(bytes, start, end);
  const total = agreesWith(bytes, start, end, TOTAL);
  if (total !== MATCH) return total;
  let at = start + TOTAL.length;
  while (at < end && isDigit(bytes[at])) at++;
  if (at === end) return end - start < 20 ? UNSURE : NOT_MINE;
  if (at === start + TOTAL.length) return NOT_MINE;
  if (bytes[at] === 13) at++;
  if (at >= end) return UNSURE;
  if (bytes[at] !== 10) return NOT_MINE;
  return at + 1 >= end ? UNSURE : FILE_KINDS.includes(bytes[at + 1]!) ? modeVerdict(bytes, at + 1, end) : NOT_MINE;
}

const TOTAL = asciiBytes('total ');

/** Ten letters of kind and permissions and a space, a dot or a plus: 50 bits. */
function modeVerdict(bytes: Uint8Array, start: number, end: number): Verdict {
  let dashes = 0;
  for (let i = 0; i < 9; i++) {
    if (start + 1 + i >= end) return UNSURE;
    const byte = bytes[start + 1 + i]!;
    if (byte === 0x2d) dashes++;
    else if (byte !== BIT_LETTERS[i % 3] && !(i % 3 === 2 && OTHER_BITS.includes(byte))) return NOT_MINE;
  }
  if (start + 10 >= end) return UNSURE;
  const behind = bytes[start + 10]!;
  if (behind !== 0x20 && behind !== 0x2e && behind !== 0x2b) return NOT_MINE;
  return dashes < 9 ? MATCH : NOT_MINE;
}

const DATE_SHAPE = asciiBytes('00-00-00  00:00');

function dateVerdict(bytes: Uint8Array, start: number, end: number): Verdict {
  for (let i = 0; i < DATE_SHAPE.length; i++) {
    if (start + i >= end) return UNSURE;
    const isRight = DATE_SHAPE[i] === 0x30 ? isDigit(bytes[start + i]) : bytes[start + i] === DATE_SHAPE[i];
    if (!isRight) return NOT_MINE;
  }
  return MATCH;
}
