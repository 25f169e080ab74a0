// Direct Connect: $Lock, $MyNick and $Supports of NMDC, SUP of ADC.
// Owns: how either side begins. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, indexOfByte, mayBegin } from '@kaipo/core/wire/match.js';

const WORDS = [
  '$Lock EXTENDEDPROTOCOL',
  '$MyNick ',
  '$Supports ',
  '$ValidateNick ',
  'HSUP AD',
  'ISUP AD',
  'CSUP AD',
].map(asciiBytes);
const PIPE = 0x7c;
const LF = 10;

export const directconnectPlugin = defineProtocol('Direct Connect: NMDC and ADC', {
  name: 'directconnect',
  transports: ['tcp'],
  ports: [411, 412, 1511],
  firstBytes: [0x24, 0x48, 0x49, 0x43],
  application: 'Direct Connect',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  for (const word of WORDS) {
    if (beginsWith(bytes, start, end, word)) return isWhole(bytes, start, end);
    if (mayBegin(bytes, start, end, word)) return UNSURE;
  }
  return NOT_MINE;
}

/** NMDC ends a command with a bar, ADC with a line feed. */
function isWhole(bytes: Uint8Array, start: number, end: number): Verdict {
  const mark = bytes[start] === 0x24 ? PIPE : LF;
  if (indexOfByte(bytes, start, end, mark) >= 0) return MATCH;
  return end - start < 512 ? UNSURE : NOT_MINE;
}
