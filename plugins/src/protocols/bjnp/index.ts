// BJNP, Canon's protocol for printers and scanners. Owns: its header of 16 bytes. Bound: one packet.
// Four letters, device and direction, command, zeros, sequence, session, length of the data.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { isExactly } from '@kaipo/core/wire/exact.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

const MAGICS = ['BJNP', 'BJNB', 'BNJB', 'MFNP', 'CNJP'].map(asciiBytes);
const HEADER_BYTES = 16;
const UDP = 17;
const MAX_DATA_BYTES = 0x10_0000;

export const bjnpPlugin = defineProtocol('BJNP: printers and scanners of Canon', {
  name: 'bjnp',
  transports: ['udp', 'tcp'],
  ports: [8611, 8612, 8613, 8614],
  firstBytes: [0x42, 0x4d, 0x43],
  probe,
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  let best: Verdict = NOT_MINE;
  for (const magic of MAGICS) best = Math.max(best, agreesWith(bytes, start, end, magic)) as Verdict;
  if (best === NOT_MINE || (best === UNSURE && p.transport === UDP)) return NOT_MINE;
  if (end - start < HEADER_BYTES) return p.transport === UDP ? NOT_MINE : UNSURE;
  // 1 printer, 2 scanner; the highest bit is set in answers. Scanners of later years use more.
  const device = bytes[start + 4]! & 0x7f;
  if (device === 0 || device > 0x10) return NOT_MINE;
  const length = u32(bytes, start + 12);
  if (p.transport === UDP) return isExactly(HEADER_BYTES + length, end - start, p.isCut) ? MATCH : NOT_MINE;
  return length <= MAX_DATA_BYTES ? MATCH : NOT_MINE;
}
