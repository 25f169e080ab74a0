// Gnutella 0.4 and 0.6: the greeting of each side, GIV, and the UDP packets of Gnutella2 (GND).
// Owns: these words. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, mayBegin } from '@kaipo/core/wire/match.js';

const UDP = 17;
const CONNECT = asciiBytes('GNUTELLA CONNECT/0.');
const ANSWER = asciiBytes('GNUTELLA/0.');
const GND = asciiBytes('GND');
const GND_HEAD_BYTES = 8;

export const gnutellaPlugin = defineProtocol('Gnutella and Gnutella2 file sharing', {
  name: 'gnutella',
  transports: ['tcp', 'udp'],
  ports: [6346, 6347],
  firstBytes: [0x47],
  application: 'Gnutella',
  probe,
});

function probe({ bytes, start, end, transport }: Probe): Verdict {
  if (transport === UDP) return isGnd(bytes, start, end) ? MATCH : NOT_MINE;
  if (beginsWith(bytes, start, end, CONNECT) || beginsWith(bytes, start, end, ANSWER)) return MATCH;
  return mayBegin(bytes, start, end, CONNECT) || mayBegin(bytes, start, end, ANSWER) ? UNSURE : NOT_MINE;
}

/** GND, flags, sequence, part and number of parts; parts begin with 1, and an acknowledgement has none. */
function isGnd(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < GND_HEAD_BYTES || !beginsWith(bytes, start, end, GND) || bytes[start + 3]! > 3) return false;
  const part = bytes[start + 6]!;
  const parts = bytes[start + 7]!;
  return part >= 1 && part <= 16 && (parts === 0 ? end - start === GND_HEAD_BYTES : parts >= part && parts <= 16);
}
