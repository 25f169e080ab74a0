// Java RMI (Java Remote Method Protocol). Owns: the header of a connection and the answer to it.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, mayBegin } from '@kaipo/core/wire/match.js';

const MAGIC = asciiBytes('JRMI');
const CALL = asciiBytes('P\xac\xed\x00\x05w"');
const RETURN = asciiBytes('Q\xac\xed\x00\x05w\x0f');

/** Magic, version 1 or 2, stream (0x4b), one operation (0x4c) or multiplexed (0x4d); or a call or return with its serialised data. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const have = end - start;
  if (mayBegin(bytes, start, end, CALL) || mayBegin(bytes, start, end, RETURN))
    return have >= CALL.length ? MATCH : UNSURE;
  if (have < 7) return mayBegin(bytes, start, end, MAGIC) ? UNSURE : NOT_MINE;
  const isHeader = beginsWith(bytes, start, end, MAGIC) && bytes[start + 4] === 0 && bytes[start + 5]! <= 2;
  return isHeader && bytes[start + 6]! >= 0x4b && bytes[start + 6]! <= 0x4d ? MATCH : NOT_MINE;
}

export const jrmiPlugin = defineProtocol('Java RMI', {
  name: 'jrmi',
  transports: ['tcp'],
  ports: [1099, 1098],
  firstBytes: [0x4a, 0x50, 0x51],
  probe,
});
