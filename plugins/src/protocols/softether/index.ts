// SoftEther VPN over UDP: how it finds its way through NAT, and packs of named values. Owns: the recognition. Source: SoftEther VPN's
// published sources, "Pack" and "NAT-T"; observed messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, indexOfBytes } from '@kaipo/core/wire/match.js';

const QUESTION = 0x41;
const ANSWER = asciiBytes('IP=');
const PORT = asciiBytes(',PORT=');
const MAX_ANSWER_BYTES = 64;
const MIN_PACK_BYTES = 24;
const MAX_VALUES = 64;
const MAX_NAME_BYTES = 64;
const LAST_TYPE = 4;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const there = end - start;
  if (there === 1) return bytes[start] === QUESTION ? UNSURE : NOT_MINE;
  if (beginsWith(bytes, start, end, ANSWER))
    return there < MAX_ANSWER_BYTES && indexOfBytes(bytes, start, end, PORT) > 0 ? MATCH : NOT_MINE;
  return there >= MIN_PACK_BYTES && isPack(bytes, start, end) ? MATCH : NOT_MINE;
}

/** A count, then a name with its length (and one), a type, and how many values it has: over 80 bits. */
function isPack(bytes: Uint8Array, start: number, end: number): boolean {
  const values = u32(bytes, start);
  const nameBytes = u32(bytes, start + 4) - 1;
  if (values === 0 || values > MAX_VALUES || nameBytes < 3 || nameBytes > MAX_NAME_BYTES) return false;
  const at = start + 8 + nameBytes;
  if (at + 8 > end) return false;
  for (let i = start + 8; i < at; i++) {
    const byte = bytes[i]!;
    if (!((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte === 0x2e))
      return false;
  }
  const count = u32(bytes, at + 4);
  return u32(bytes, at) <= LAST_TYPE && count >= 1 && count <= MAX_VALUES;
}

export const softetherPlugin = defineProtocol('SoftEther VPN', {
  name: 'softether',
  transports: ['udp'],
  ports: [5004, 5555],
  firstBytes: [0, QUESTION, 0x49],
  application: 'SoftEther VPN',
  probe,
});
