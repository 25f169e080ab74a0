// Meters: DLMS/COSEM in HDLC frames or the TCP wrapper (IEC 62056-46, -47), and the sign-on of IEC 62056-21. Owns: their frames.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u16le } from '@kaipo/core/wire/bytes.js';
import { crc16X25 } from '@kaipo/core/wire/crc16.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';

const UDP = 17;
const FLAG = 0x7e;
const SLASH = 0x2f;

function probe(p: Probe): Verdict {
  const first = p.bytes[p.start];
  if (first === FLAG) return hdlc(p);
  return first === SLASH ? signOn(p) : wrapper(p);
}

/** Flag, format 0xa and 11 bits of length, what is checked, its check sum, flag. */
function hdlc(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 3) return UNSURE;
  if ((bytes[start + 1]! & 0xf0) !== 0xa0) return NOT_MINE;
  const stop = start + 1 + (u16(bytes, start + 1) & 0x7ff);
  if (stop - start < 8) return NOT_MINE;
  if (stop >= end) return p.transport === UDP ? NOT_MINE : UNSURE;
  return bytes[stop] === FLAG && crc16X25(bytes, start + 1, stop - 2) === u16le(bytes, stop - 2) ? MATCH : NOT_MINE;
}

/** Version 1, ports of source and destination, length, and the tag of a COSEM message. */
function wrapperLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 <= end && u16(bytes, at) !== 1) return -1;
  if (at + 9 > end) return 0;
  const length = u16(bytes, at + 6);
  const isPorts =
    u16(bytes, at + 2) > 0 && u16(bytes, at + 4) > 0 && (u16(bytes, at + 2) < 0x100 || u16(bytes, at + 4) < 0x100);
  return isPorts && length >= 3 && isCosem(bytes[at + 8]!) ? 8 + length : -1;
}

/** Association, release; get, set, event, action; their ciphered forms. */
const isCosem = (tag: number): boolean =>
  (tag >= 0x60 && tag <= 0x63) ||
  (tag >= 0xc0 && tag <= 0xc7) ||
  (tag >= 0xc8 && tag <= 0xcf) ||
  (tag >= 0xd0 && tag <= 0xd8) ||
  (tag >= 0xdb && tag <= 0xe1);

function wrapper(p: Probe): Verdict {
  const chain = followChain(p.bytes, p.start, p.end, wrapperLength);
  if (chain === BROKEN) return NOT_MINE;
  if (wholeMessages(chain) >= 2) return MATCH;
  if (!endsExactly(chain)) return p.transport === UDP ? NOT_MINE : UNSURE;
  return hasPort(p, 4059) || hasPort(p, 4060) || isConversation(p) ? MATCH : UNSURE;
}

/** The other side has the same ports the other way round, or the same two came before. */
function isConversation(p: Probe): boolean {
  const { bytes, start, otherBytes } = p;
  const source = u16(bytes, start + 2);
  const destination = u16(bytes, start + 4);
  if (p.otherLength >= 8 && u16(otherBytes, 0) === 1)
    return source !== destination && u16(otherBytes, 2) === destination && u16(otherBytes, 4) === source;
  if (p.packets > 1 && p.memoA === source && p.memoB === destination && p.transport === UDP) return true;
  p.memoA = source;
  p.memoB = destination;
  return false;
}

/** "/?", a device address or nothing, "!" and a line end. */
function signOn(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 2) return p.transport === UDP ? NOT_MINE : UNSURE;
  if (bytes[start + 1] !== 0x3f || end - start > 37) return NOT_MINE;
  for (let at = start + 2; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === 0x21)
      return at + 2 < end ? (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a ? MATCH : NOT_MINE) : UNSURE;
    const isAddress =
      (byte >= 0x30 && byte <= 0x39) ||
      (byte >= 0x41 && byte <= 0x5a) ||
      (byte >= 0x61 && byte <= 0x7a) ||
      byte === 0x20;
    if (!isAddress) return NOT_MINE;
  }
  return UNSURE;
}

export const iec62056Plugin = defineProtocol('Meters: DLMS/COSEM, IEC 62056-21', {
  name: 'iec62056',
  transports: ['tcp', 'udp'],
  ports: [4059, 4060],
  firstBytes: [FLAG, SLASH, 0],
  probe,
});
