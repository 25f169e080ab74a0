// ZeroMQ: ZMTP 2.0 and 3.x (rfc.zeromq.org/spec/23, /15). Owns: the signature both sides begin with, and the READY command.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, mayBegin } from '@kaipo/core/wire/match.js';

const READY = asciiBytes('\x05READY');
const COMMAND = 4;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] === COMMAND) {
    // A short command: flags, length, name.
    if (end - start < 8) return mayBegin(bytes, start + 2, end, READY) ? UNSURE : NOT_MINE;
    return beginsWith(bytes, start + 2, end, READY) && bytes[start + 1]! >= 6 ? MATCH : NOT_MINE;
  }
  // 0xff, a length of eight bytes that is small or zero, 0x7f; then the revision.
  if (end - start < 10)
    return end - start < 8 || (u32(bytes, start + 1) === 0 && u32(bytes, start + 4) === 0) ? UNSURE : NOT_MINE;
  if (u32(bytes, start + 1) !== 0 || u32(bytes, start + 4) !== 0 || bytes[start + 9] !== 0x7f) return NOT_MINE;
  return end - start === 10 || bytes[start + 10]! <= 3 ? MATCH : NOT_MINE;
}

export const zeromqPlugin = defineProtocol('ZeroMQ (ZMTP)', {
  name: 'zeromq',
  transports: ['tcp'],
  ports: [5555, 5556, 5557],
  firstBytes: [0xff, COMMAND],
  probe,
});
