// HiSLIP, measuring instruments over LAN (IVI-6.1). Owns: the message header.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

const PROLOGUE = 0x4853;
const MAX_TYPE = 37;

/** "HS", type, control code, parameter, eight bytes of length. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 16)
    return end - start < 2 || (u16(bytes, start) === PROLOGUE && (end - start < 3 || bytes[start + 2]! <= MAX_TYPE))
      ? UNSURE
      : NOT_MINE;
  if (u16(bytes, start) !== PROLOGUE || bytes[start + 2]! > MAX_TYPE || bytes[start + 3]! > 0x7f) return NOT_MINE;
  return u32(bytes, start + 8) === 0 && u32(bytes, start + 12) <= 1_073_741_824 ? MATCH : NOT_MINE;
}

export const hislipPlugin = defineProtocol('Instruments over LAN (HiSLIP)', {
  name: 'hislip',
  transports: ['tcp'],
  ports: [4880],
  firstBytes: [0x48],
  probe,
});
